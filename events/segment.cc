#include "events/segment.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "events/byte_order.h"
#include "events/record_codec.h"

namespace mt {
namespace {

constexpr std::size_t kValueBytes = 5 * 8 + 3 * 32 + 4;

void append_hash(std::string& bytes, const Hash& hash) {
  bytes.append(reinterpret_cast<const char*>(hash.data()), hash.size());
}

// Takes what it reads from the front.
std::uint64_t take_u64(std::string_view& bytes) {
  const std::uint64_t number = read_u64(bytes);
  bytes.remove_prefix(8);
  return number;
}

Time take_time(std::string_view& bytes) {
  return Time(std::chrono::nanoseconds(static_cast<std::int64_t>(take_u64(bytes))));
}

Hash take_hash(std::string_view& bytes) {
  Hash hash;
  std::copy_n(bytes.data(), hash.size(), reinterpret_cast<char*>(hash.data()));
  bytes.remove_prefix(hash.size());
  return hash;
}

void append_time(std::string& bytes, Time time) {
  append_u64(bytes, static_cast<std::uint64_t>(time.time_since_epoch().count()));
}

}  // namespace

std::string file_name(const Segment& segment) {
  std::array<char, 64> name;
  std::snprintf(name.data(), name.size(), "%020llu-%020llu.mtlogs",
                static_cast<unsigned long long>(segment.first.value),
                static_cast<unsigned long long>(segment.last.value));
  return name.data();
}

std::string catalogue_key(const ModuleName& module, Position first) {
  return module.value + '\0' + u64_bytes(first.value);
}

std::string catalogue_value(const Segment& segment) {
  std::string bytes = u64_bytes(segment.last.value);
  append_u64(bytes, segment.commits);
  append_u64(bytes, segment.bytes);
  append_time(bytes, segment.begins);
  append_time(bytes, segment.ends);
  for (const Hash& hash : {segment.previous, segment.hash, segment.file_hash}) {
    append_hash(bytes, hash);
  }
  append_u32(bytes, crc32c(bytes, crc32c(catalogue_key(segment.module, segment.first))));
  return bytes;
}

Result<Segment> segment_of(std::string_view key, std::string_view value) {
  const std::size_t name = key.size() < 9 ? 0 : key.size() - 9;
  const std::string_view summed = value.substr(0, kValueBytes - 4);
  if (name == 0 || key[name] != '\0' || value.size() != kValueBytes ||
      read_u32(value.substr(summed.size())) != crc32c(summed, crc32c(key))) {
    return data_loss(
        "the catalogue of the logs' sealed files is damaged; restore the events folder from a "
        "backup");
  }
  Segment segment;
  segment.module = {std::string(key.substr(0, name))};
  segment.first = {read_u64(key.substr(name + 1))};
  segment.last = {take_u64(value)};
  segment.commits = take_u64(value);
  segment.bytes = take_u64(value);
  segment.begins = take_time(value);
  segment.ends = take_time(value);
  segment.previous = take_hash(value);
  segment.hash = take_hash(value);
  segment.file_hash = take_hash(value);
  return segment;
}

}  // namespace mt
