// Numbers as bytes: big endian in keys, so that their order is the order of the numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/check.h"

namespace mt {

inline void append_u64(std::string& bytes, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
}

inline void append_u32(std::string& bytes, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift));
}

inline std::string u64_bytes(std::uint64_t value) {
  std::string bytes;
  append_u64(bytes, value);
  return bytes;
}

inline std::uint64_t read_u64(std::string_view bytes) {
  check(bytes.size() >= 8, "a number of 64 bits has 8 bytes");
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

inline std::uint32_t read_u32(std::string_view bytes) {
  check(bytes.size() >= 4, "a number of 32 bits has 4 bytes");
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

}  // namespace mt
