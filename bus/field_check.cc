// What a value must be, and how a refusal says it.
#include <re2/re2.h>

#include <charconv>
#include <cmath>

#include "bus/text_format.h"
#include "bus/type_rules.h"

namespace mt {
namespace {

constexpr std::uint32_t kDefaultStringLimit = 1024;

// The shortest text of a double; whole numbers exactly, for 64 bits hold more of them than a
// double.
std::string number_text(long double value) {
  char text[32];
  const bool whole = std::abs(value) < 1e19L && value == std::trunc(value);
  const auto end =
      whole ? std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr
            : std::to_chars(text, text + sizeof text, static_cast<double>(value)).ptr;
  return std::string(text, end);
}

// "at least 10 characters, has 3". How long a secret is, stays secret.
std::string length_refusal(const char* bound, std::uint32_t limit, const char* unit,
                           std::size_t found, bool secret) {
  std::string text =
      "must have at " + std::string(bound) + " " + std::to_string(limit) + " " + unit;
  if (!secret) text += ", has " + std::to_string(found);
  return text;
}

std::string length_broken(const api::v1::FieldRule& rule, std::uint32_t longest, const char* unit,
                          std::size_t found) {
  if (found < rule.min_len())
    return length_refusal("least", rule.min_len(), unit, found, rule.secret());
  if (longest != 0 && found > longest)
    return length_refusal("most", longest, unit, found, rule.secret());
  return {};
}

std::string format_broken(const FieldCheck& check, std::string_view value) {
  if (value.empty()) return {};  // an empty value is "required"'s concern
  const api::v1::FieldRule& rule = check.rule;
  if (rule.identifier() && !is_identifier(value))
    return "must be an identifier: 1 to 64 of a-z, 0-9, '.', '_', '-', the first a letter or a "
           "digit";
  if (rule.email() && !is_email(value)) return "must be an e-mail address, like name@example.org";
  if (check.pattern != nullptr &&
      !re2::RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *check.pattern))
    return "must match " + rule.pattern();
  return {};
}

}  // namespace

std::string FieldCheck::broken_by_string(std::string_view value) const {
  if (const auto at = find_invalid_utf8(value))
    return "is not valid UTF-8 at byte " + std::to_string(*at);
  const std::uint32_t least = counts_elements() ? 0 : rule.min_len();
  const std::uint32_t own = counts_elements() ? 0 : rule.max_len();
  const std::uint32_t longest = own != 0 ? own : kDefaultStringLimit;
  // Code points are at most as many as bytes, so most values need no counting.
  if (value.size() > longest || least > 0) {
    api::v1::FieldRule lengths;
    lengths.set_min_len(least);
    lengths.set_secret(rule.secret());
    std::string broken = length_broken(lengths, longest, "characters", count_code_points(value));
    if (!broken.empty()) return broken;
  }
  return format_broken(*this, value);
}

std::string FieldCheck::broken_by_bytes(std::string_view value) const {
  if (counts_elements()) return {};
  return length_broken(rule, rule.max_len(), "bytes", value.size());
}

std::string FieldCheck::broken_by_count(std::size_t elements) const {
  if (rule.required() && elements == 0) return "is required: at least one element";
  return length_broken(rule, rule.max_len(), "elements", elements);
}

std::string FieldCheck::broken_by_number(long double value) const {
  if (!rule.bounded()) return {};
  if (value >= rule.at_least() && value <= rule.at_most()) return {};
  std::string text =
      "must be from " + number_text(rule.at_least()) + " to " + number_text(rule.at_most());
  if (rule.secret()) return text;
  return text + (std::isnan(value) ? ", is not a number" : ", is " + number_text(value));
}

std::string FieldCheck::broken_by_enum(int value) const {
  if (!rule.defined_only()) return {};
  if (value != 0 && field->enum_type()->FindValueByNumber(value) != nullptr) return {};
  return "must be a declared value of " + field->enum_type()->name() + " other than 0, is " +
         std::to_string(value);
}

}  // namespace mt
