#include "ops/terminal/display_width.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace mt {
namespace {

struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool valid = false;
};

// The character at the beginning of `text`, which is not empty. Overlong forms and surrogates are
// not told apart: they only make a column too many or too few.
Character first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xf0 && lead < 0xf5   ? 4
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                                                           : 0;
  if (length == 0 || text.size() < length) return {};
  char32_t code = lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return {};
    code = (code << 6) | (next & 0x3fu);
  }
  return {code, length, true};
}

struct Range {
  char32_t first;
  char32_t last;
};

// Combining marks, joiners and variation selectors of the scripts in common use.
constexpr std::array kZeroWidth{
    Range{0x0300, 0x036f}, Range{0x0483, 0x0489},  Range{0x0591, 0x05bd}, Range{0x05bf, 0x05bf},
    Range{0x05c1, 0x05c2}, Range{0x0610, 0x061a},  Range{0x064b, 0x065f}, Range{0x0670, 0x0670},
    Range{0x06d6, 0x06dc}, Range{0x093a, 0x093a},  Range{0x093c, 0x093c}, Range{0x0941, 0x0948},
    Range{0x094d, 0x094d}, Range{0x0e31, 0x0e31},  Range{0x0e34, 0x0e3a}, Range{0x0e47, 0x0e4e},
    Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff},  Range{0x200b, 0x200f}, Range{0x202a, 0x202e},
    Range{0x2060, 0x2064}, Range{0x20d0, 0x20ff},  Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f},
    Range{0xfeff, 0xfeff}, Range{0xe0100, 0xe01ef}};

constexpr std::array kWide{
    Range{0x1100, 0x115f},   Range{0x231a, 0x231b},   Range{0x23e9, 0x23ec},
    Range{0x2614, 0x2615},   Range{0x2648, 0x2653},   Range{0x26aa, 0x26ab},
    Range{0x2705, 0x2705},   Range{0x274c, 0x274c},   Range{0x2e80, 0x303e},
    Range{0x3041, 0x33ff},   Range{0x3400, 0x4dbf},   Range{0x4e00, 0x9fff},
    Range{0xa000, 0xa4cf},   Range{0xa960, 0xa97f},   Range{0xac00, 0xd7a3},
    Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},   Range{0xff00, 0xff60},
    Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f}, Range{0x1f680, 0x1f6ff},
    Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd}};

bool is_in(std::span<const Range> ranges, char32_t code) {
  const auto after = std::ranges::upper_bound(ranges, code, {}, &Range::first);
  return after != ranges.begin() && code <= std::prev(after)->last;
}

std::size_t width_of(const Character& character) {
  if (!character.valid) return 1;
  if (character.code < 0x300) return 1;
  if (is_in(kZeroWidth, character.code)) return 0;
  return is_in(kWide, character.code) ? 2 : 1;
}

std::string hex_escape(unsigned char byte) {
  static constexpr char kDigits[] = "0123456789abcdef";
  return {'\\', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

// Control characters, those of C1 and those that turn the direction of writing included.
bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

void append_escaped(std::string& out, std::string_view bytes) {
  if (bytes == "\n") {
    out += "\\n";
  } else if (bytes == "\t") {
    out += "\\t";
  } else if (bytes == "\r") {
    out += "\\r";
  } else {
    for (const char byte : bytes) out += hex_escape(static_cast<unsigned char>(byte));
  }
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character character = first_of(text);
    columns += width_of(character);
    text.remove_prefix(character.bytes);
  }
  return columns;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Character character = first_of(text);
    const std::string_view bytes = text.substr(0, character.bytes);
    if (character.valid && !is_control(character.code))
      out += bytes;
    else
      append_escaped(out, bytes);
    text.remove_prefix(character.bytes);
  }
  return out;
}

std::string fitted(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return "";
  std::size_t used = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const Character character = first_of(text.substr(end));
    if (used + width_of(character) > columns - 1) break;
    used += width_of(character);
    end += character.bytes;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::string left_aligned(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return std::string(text) + std::string(width < columns ? columns - width : 0, ' ');
}

std::string right_aligned(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  return std::string(width < columns ? columns - width : 0, ' ') + std::string(text);
}

}  // namespace mt
