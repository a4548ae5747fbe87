#include <array>
#include <cstring>

#include "events/record_codec.h"

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace mt {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78u : 0);
    table[i] = crc;
  }
  return table;
}
constexpr auto kTable = make_table();

std::uint32_t update_by_table(std::uint32_t crc, const char* data, std::size_t size) {
  for (; size > 0; --size, ++data) {
    crc = kTable[(crc ^ static_cast<unsigned char>(*data)) & 0xff] ^ (crc >> 8);
  }
  return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t update_by_instruction(std::uint32_t crc,
                                                                      const char* data,
                                                                      std::size_t size) {
  std::uint64_t wide = crc;
  for (; size >= 8; size -= 8, data += 8) {
    std::uint64_t word;
    std::memcpy(&word, data, sizeof word);
    wide = _mm_crc32_u64(wide, word);
  }
  auto narrow = static_cast<std::uint32_t>(wide);
  for (; size > 0; --size, ++data) {
    narrow = _mm_crc32_u8(narrow, static_cast<unsigned char>(*data));
  }
  return narrow;
}
#endif

using Update = std::uint32_t (*)(std::uint32_t, const char*, std::size_t);

Update best_update() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return update_by_instruction;
#endif
  return update_by_table;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) {
  static const Update update = best_update();
  return ~update(~crc, bytes.data(), bytes.size());
}

std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t crc) {
  return ~update_by_table(~crc, bytes.data(), bytes.size());
}

}  // namespace mt
