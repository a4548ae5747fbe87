#include "events/record_codec.h"

#include <algorithm>
#include <utility>

#include "events/byte_order.h"
#include "events/commit_body.h"
#include "events/crypto/blake2b.h"

namespace mt {
namespace {

constexpr std::size_t kCrcBytes = 4;
constexpr std::size_t kHashAt = 5;
constexpr std::size_t kBodyAt = kHashAt + sizeof(Hash);
constexpr char kFormat = 1;
constexpr std::string_view kAdvice = "; restore the events folder from a backup";

std::string_view view(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

Hash hash_at(std::string_view bytes) {
  Hash hash;
  std::copy_n(bytes.data() + kHashAt, hash.size(), reinterpret_cast<char*>(hash.data()));
  return hash;
}

Hash chain(const Hash& previous, Position first, std::string_view body) {
  return blake2b_256({view(previous), u64_bytes(first.value), body});
}

// Length, checksum and format: what can be known without the record before.
Result<void> check_envelope(const ModuleName& module, Position first, std::string_view bytes) {
  if (bytes.size() < kBodyAt) return damaged_record(module, first, "it is too short");
  std::uint32_t stored = 0;
  for (std::size_t i = kCrcBytes; i-- > 0;) {
    stored = stored << 8 | static_cast<unsigned char>(bytes[i]);
  }
  if (stored != crc32c(bytes.substr(kCrcBytes))) {
    return damaged_record(module, first, "its checksum does not hold");
  }
  if (bytes[kCrcBytes] != kFormat) {
    return damaged_record(module, first, "its format is unknown to this version of the program");
  }
  return {};
}

}  // namespace

Error damaged_record(const ModuleName& module, Position first, const std::string& why) {
  return data_loss("the record at position " + std::to_string(first.value) + " of " + module.value +
                   "'s log is damaged: " + why + std::string(kAdvice));
}

std::string without_advice(std::string message) {
  if (message.ends_with(kAdvice)) message.resize(message.size() - kAdvice.size());
  return message;
}

std::string encode_record(CommitRecord& record, const Hash& previous) {
  std::string bytes(kBodyAt, '\0');
  append_commit_body(record, bytes);
  record.hash = chain(previous, record.first, std::string_view(bytes).substr(kBodyAt));
  bytes[kCrcBytes] = kFormat;
  std::copy_n(view(record.hash).data(), record.hash.size(), bytes.data() + kHashAt);
  std::uint32_t crc = crc32c(std::string_view(bytes).substr(kCrcBytes));
  for (std::size_t i = 0; i < kCrcBytes; ++i, crc >>= 8) bytes[i] = static_cast<char>(crc & 0xff);
  return bytes;
}

Result<void> decode_record(const ModuleName& module, Position first, std::string_view bytes,
                           const Hash& previous, CommitRecord& into) {
  MT_CHECK_OK(check_envelope(module, first, bytes));
  const std::string_view body = bytes.substr(kBodyAt);
  const Hash hash = hash_at(bytes);
  if (hash != chain(previous, first, body)) {
    return damaged_record(module, first, "its hash does not follow from the record before");
  }
  if (!parse_commit_body(first, body, into)) {
    return damaged_record(module, first, "its body is not a commit");
  }
  into.hash = hash;
  return {};
}

Result<CommitRecord> decode_record(const ModuleName& module, Position first, std::string_view bytes,
                                   const Hash& previous) {
  CommitRecord record;
  MT_CHECK_OK(decode_record(module, first, bytes, previous, record));
  return record;
}

Result<Hash> decode_hash(const ModuleName& module, Position first, std::string_view bytes) {
  MT_CHECK_OK(check_envelope(module, first, bytes));
  return hash_at(bytes);
}

}  // namespace mt
