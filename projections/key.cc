#include "projections/key.h"

#include <bit>
#include <cmath>

#include "events/base/check.h"
#include "events/byte_order.h"

namespace mt {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63;

// 00 becomes 00 FF and the end is 00 00, so that a text sorts before every longer one.
void append_escaped(std::string& bytes, std::string_view part) {
  for (std::size_t end = 0; (end = part.find('\0')) != part.npos; part.remove_prefix(end + 1)) {
    bytes.append(part, 0, end + 1).push_back('\xff');
  }
  bytes.append(part);
}

void append_end(std::string& bytes) { bytes.append(2, '\0'); }

// The longest beginning of at most `max_bytes` that does not cut a UTF-8 code point.
std::string_view cut(std::string_view part, std::size_t max_bytes) {
  if (part.size() <= max_bytes) return part;
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(part[end]) & 0xc0) == 0x80) --end;
  return part.substr(0, end);
}

}  // namespace

Key& Key::text(std::string_view part) {
  append_escaped(bytes_, part);
  append_end(bytes_);
  return *this;
}

Key& Key::sort_text(std::string_view part, std::size_t max_bytes) {
  return text(cut(part, max_bytes));
}

Key& Key::u64(std::uint64_t part) {
  append_u64(bytes_, part);
  return *this;
}

Key& Key::i64(std::int64_t part) {
  append_u64(bytes_, static_cast<std::uint64_t>(part) ^ kSignBit);
  return *this;
}

Key& Key::f64(double part) {
  check(!std::isnan(part), "a key has no place for a number that is none");
  // -0.0 and 0.0 are equal and must sort so.
  const auto bits = std::bit_cast<std::uint64_t>(part == 0.0 ? 0.0 : part);
  append_u64(bytes_, (bits & kSignBit) != 0 ? ~bits : bits ^ kSignBit);
  return *this;
}

std::string Key::prefix_of_text(std::string_view part) const {
  std::string bytes = bytes_;
  append_escaped(bytes, part);
  return bytes;
}

std::string Key::prefix_of_sort_text(std::string_view part, std::size_t max_bytes) const {
  return prefix_of_text(cut(part, max_bytes));
}

}  // namespace mt
