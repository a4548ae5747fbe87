// The forms of text that field rules know. Pure, and fast for ASCII, which most values are.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mt {

// The offset of the first byte that is not part of well-formed UTF-8; empty when all is.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

// Unicode code points of well-formed UTF-8.
std::size_t count_code_points(std::string_view text);

// [a-z0-9][a-z0-9._-]{0,63}
bool is_identifier(std::string_view text);

// local@domain as it is used on the net: no quoting, no comments, letters beyond ASCII allowed, at
// most 64 bytes before the @ and 254 in all, a domain of at least two labels.
bool is_email(std::string_view text);

// 1 to `longest` printable ASCII characters, as a value of metadata may hold.
bool is_printable_ascii(std::string_view text, std::size_t longest);

// At most `bytes` of it, cut between code points, with "…" where something was cut.
std::string shortened(std::string_view text, std::size_t bytes);

}  // namespace mt
