// Where a scan of keys with a prefix ends. Pure.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace mt {

// The least text that is greater than all that begin with `prefix`; none when there is none: the
// prefix is empty or all FF.
inline std::optional<std::string> end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (end.empty()) return std::nullopt;
  end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

// What a backward scan must stay below: `after`, unless the prefix ends before it. None: nothing.
inline std::optional<std::string> scan_end(std::string_view prefix, std::string_view after) {
  std::optional<std::string> end = end_of_prefix(prefix);
  if (after.empty()) return end;
  return end ? std::min(*std::move(end), std::string(after)) : std::string(after);
}

}  // namespace mt
