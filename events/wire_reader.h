// WireReader: protobuf's wire format, read field by field, so that a record's texts are copied once
// from its stored bytes to where they stay. A log is read by the million; a message object between
// the two would cost as much as all the rest. Unknown fields are passed over, as protobuf does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mt {

class WireReader {
 public:
  // `bytes` outlives the reader.
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  // To the next field; false at the end, and at bytes that are none.
  bool next() {
    if (rest_.empty() || !good_) return false;
    const std::uint64_t tag = varint();
    field_ = static_cast<std::uint32_t>(tag >> 3);
    type_ = static_cast<std::uint32_t>(tag & 7);
    good_ = good_ && field_ != 0 && (tag >> 32) == 0 && read_content();
    return good_;
  }
  // True when all was read and all of it was fields.
  bool is_whole() const { return good_ && rest_.empty(); }

  std::uint32_t field() const { return field_; }
  // Of this field. A field of another type than it has is unknown: it changes nothing.
  template <typename Number>
  void get(Number& number) const {
    if (type_ == kVarint) number = static_cast<Number>(number_);
  }
  void get(std::string& text) const {
    if (type_ == kBytes) text.assign(bytes_);
  }
  bool is_bytes() const { return type_ == kBytes; }
  std::string_view bytes() const { return bytes_; }

 private:
  static constexpr std::uint32_t kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5;

  bool read_content() {
    switch (type_) {
      case kVarint:
        number_ = varint();
        return good_;
      case kFixed64:
        return take(8);
      case kBytes:
        return take(varint());
      case kFixed32:
        return take(4);
      default:
        return false;  // groups, which proto3 does not have
    }
  }
  bool take(std::uint64_t size) {
    if (!good_ || size > rest_.size()) return false;
    bytes_ = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    good_ = false;
    return 0;
  }

  std::string_view rest_;
  bool good_ = true;
  std::uint32_t field_ = 0;
  std::uint32_t type_ = 0;
  std::uint64_t number_ = 0;
  std::string_view bytes_;
};

}  // namespace mt
