// How text looks on a terminal: its width in columns, and the form in which it is safe to print.
// Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mt {

// Columns of UTF-8 text: two for wide East Asian characters and emoji, none for combining marks.
// Each byte that is not UTF-8 counts as one.
std::size_t display_width(std::string_view text);

// Control characters escaped (\n, \t, \x1b), and bytes that are not UTF-8 as \xNN, so that no value
// breaks a line or steers the terminal.
std::string printable(std::string_view text);

// The beginning of the text that fits, with "…" when something was cut.
std::string fitted(std::string_view text, std::size_t columns);

// Filled with spaces up to `columns`.
std::string left_aligned(std::string_view text, std::size_t columns);
std::string right_aligned(std::string_view text, std::size_t columns);

}  // namespace mt
