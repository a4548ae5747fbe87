// WireWriter: protobuf's wire format, written straight into one string. The record codec writes on
// the writer's thread, where a message object with its many small strings would cost more than all
// the rest. The same rules as proto3's own writer: a field that holds its default is left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mt {

class WireWriter {
 public:
  explicit WireWriter(std::string& out) : out_(out) {}

  void number(std::uint32_t field, std::uint64_t value) {
    if (value == 0) return;
    varint(field << 3);
    varint(value);
  }
  void text(std::uint32_t field, std::string_view value) {
    if (!value.empty()) element(field, value);
  }
  // One element of a repeated text, which is kept when it is empty too.
  void element(std::uint32_t field, std::string_view value) {
    message(field, value.size());
    out_.append(value);
  }
  // The head of an inner message; its `size` bytes must follow.
  void message(std::uint32_t field, std::size_t size) {
    varint(field << 3 | 2);
    varint(size);
  }

  static std::size_t number_size(std::uint32_t field, std::uint64_t value) {
    return value == 0 ? 0 : varint_size(field << 3) + varint_size(value);
  }
  static std::size_t text_size(std::uint32_t field, std::string_view value) {
    return value.empty() ? 0 : element_size(field, value);
  }
  static std::size_t element_size(std::uint32_t field, std::string_view value) {
    return varint_size(field << 3) + varint_size(value.size()) + value.size();
  }

 private:
  static std::size_t varint_size(std::uint64_t value) {
    std::size_t size = 1;
    for (; value >= 0x80; value >>= 7) ++size;
    return size;
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_.push_back(static_cast<char>(value | 0x80));
    out_.push_back(static_cast<char>(value));
  }

  std::string& out_;
};

}  // namespace mt
