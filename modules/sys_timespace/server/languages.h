// Language tags, and the order in which languages are tried for a name. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mt::sys_timespace {

// The last language of every order; all countries have a name in it.
inline constexpr std::string_view kEnglish = "en";

// The tag in the form of BCP 47, from there or from a locale: "pt_br" → "pt-BR", "sr_RS@latin" →
// "sr-Latn-RS". Variants are dropped. Empty when it is not a tag.
std::string language_tag(std::string_view text);

// "pt-BR", "pt", then the same of `fallback`, then English; no language twice. Known other names of
// a language follow it: "no" is tried as "nb", "zh-Hant" as "zh-TW".
std::vector<std::string> languages_to_try(std::string_view asked, std::string_view fallback);

}  // namespace mt::sys_timespace
