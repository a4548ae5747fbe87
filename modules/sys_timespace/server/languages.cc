#include "modules/sys_timespace/server/languages.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace mt::sys_timespace {
namespace {

// ASCII only: the C library's functions would ask the process's locale.
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool all(std::string_view text, bool (*is)(char)) {
  return std::all_of(text.begin(), text.end(), is);
}

std::string mapped(std::string_view text, char (*map)(char)) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), map);
  return result;
}

struct Tag {
  std::string language;
  std::string script;
  std::string region;
};

std::string joined(const std::string& language, const std::string& part) {
  return part.empty() ? language : language + "-" + part;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find_first_of("-_@");
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// "Latn", or a locale's word for it; empty when the part says nothing of the script.
std::string script_of(std::string_view part) {
  const std::string word = mapped(part, lower);
  if (word == "latin" || word == "iqtelif") return "Latn";
  if (word == "cyrillic") return "Cyrl";
  if (part.size() != 4 || !all(part, is_letter)) return {};
  std::string script = word;
  script.front() = upper(script.front());
  return script;
}

bool is_region(std::string_view part) {
  return (part.size() == 2 && all(part, is_letter)) || (part.size() == 3 && all(part, is_digit));
}

std::optional<Tag> parse(std::string_view text) {
  const std::vector<std::string_view> parts = split(text);
  const std::string_view language = parts.front();
  if (language.size() < 2 || language.size() > 3 || !all(language, is_letter)) return std::nullopt;
  Tag tag{.language = mapped(language, lower), .script = {}, .region = {}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const bool is_word = all(parts[i], [](char c) { return is_letter(c) || is_digit(c); });
    if (parts[i].empty() || parts[i].size() > 8 || !is_word) return std::nullopt;
    if (tag.script.empty()) tag.script = script_of(parts[i]);
    if (tag.region.empty() && is_region(parts[i])) tag.region = mapped(parts[i], upper);
  }
  return tag;
}

// Other names of a language: withdrawn codes, macrolanguages, and Chinese by script where
// translations go by region.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kAlso{{
    {"zh", "zh-CN"},
    {"zh-Hans", "zh-CN"},
    {"zh-Hant", "zh-TW"},
    {"no", "nb"},
    {"iw", "he"},
    {"in", "id"},
    {"sh", "sr-Latn"},
    {"mo", "ro"},
}};

void add(std::vector<std::string>& languages, std::string language) {
  if (std::find(languages.begin(), languages.end(), language) != languages.end()) return;
  languages.push_back(language);
  for (const auto& [name, other] : kAlso) {
    if (language == name) add(languages, std::string(other));
  }
}

void add_with_wider(std::vector<std::string>& languages, std::string_view text) {
  const std::optional<Tag> tag = parse(text);
  if (!tag) return;
  add(languages, joined(joined(tag->language, tag->script), tag->region));
  add(languages, joined(tag->language, tag->region));
  add(languages, joined(tag->language, tag->script));
  add(languages, tag->language);
}

}  // namespace

std::string language_tag(std::string_view text) {
  const std::optional<Tag> tag = parse(text);
  return tag ? joined(joined(tag->language, tag->script), tag->region) : std::string();
}

std::vector<std::string> languages_to_try(std::string_view asked, std::string_view fallback) {
  std::vector<std::string> languages;
  add_with_wider(languages, asked);
  add_with_wider(languages, fallback);
  add(languages, std::string(kEnglish));
  return languages;
}

}  // namespace mt::sys_timespace
