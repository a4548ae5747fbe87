#include "bus/subject.h"

#include <algorithm>

#include "bus/text_format.h"

namespace mt {
namespace {

constexpr std::size_t kLongestSubject = 255;

// Takes the first token off.
std::string_view next_token(std::string_view& rest) {
  const std::size_t dot = rest.find('.');
  const std::string_view token = rest.substr(0, dot);
  rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
  return token;
}

Error malformed(std::string_view subject, const std::string& why) {
  return invalid_argument("subject '" + shortened(subject, 80) + "' " + why);
}

bool is_wildcard(std::string_view token) { return token == "*" || token == ">"; }

bool holds_wildcard(std::string_view token) {
  return token.find_first_of("*>") != std::string_view::npos;
}

Result<void> check_tokens(std::string_view subject) {
  if (subject.empty()) return malformed(subject, "is empty");
  if (subject.size() > kLongestSubject) return malformed(subject, "is longer than 255 bytes");
  if (subject.front() == '.' || subject.back() == '.' ||
      subject.find("..") != std::string_view::npos)
    return malformed(subject, "has an empty token");
  if (std::ranges::any_of(subject, [](char c) { return c <= ' ' || c == 0x7f; }))
    return malformed(subject, "has a space, a control character or one beyond ASCII");
  return {};
}

}  // namespace

Result<void> check_subject(std::string_view subject) {
  MT_CHECK_OK(check_tokens(subject));
  if (holds_wildcard(subject)) return malformed(subject, "has a wildcard, which only patterns may");
  return {};
}

Result<void> check_pattern(std::string_view pattern) {
  MT_CHECK_OK(check_tokens(pattern));
  for (std::string_view rest = pattern; !rest.empty();) {
    const std::string_view token = next_token(rest);
    if (holds_wildcard(token) && !is_wildcard(token))
      return malformed(pattern, "has a wildcard beside other characters of a token");
    if (token == ">" && !rest.empty()) return malformed(pattern, "has '>' before its end");
  }
  return {};
}

bool matches(std::string_view pattern, std::string_view subject) {
  while (!pattern.empty() && !subject.empty()) {
    const std::string_view wanted = next_token(pattern);
    if (wanted == ">") return true;
    if (const std::string_view token = next_token(subject); wanted != "*" && wanted != token)
      return false;
  }
  return pattern.empty() && subject.empty();
}

}  // namespace mt
