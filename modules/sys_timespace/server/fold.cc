#include "modules/sys_timespace/server/fold.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstdint>

#include "events/base/check.h"

namespace mt::sys_timespace {
namespace {

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

void append_space(std::string& folded) {
  if (!folded.empty() && folded.back() != ' ') folded.push_back(' ');
}

std::string fold_ascii(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (const char c : text) {
    if (c <= ' ' || c == '\x7f') {
      append_space(folded);
    } else {
      folded.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  return folded;
}

// Marks that are optional in writing. Those of Indic scripts, Thai and kana are not: there they
// make another letter or syllable.
bool is_optional_mark(UChar32 c) {
  return (c >= 0x0300 && c <= 0x036f) || (c >= 0x0591 && c <= 0x05c7) ||  // Latin…, Hebrew
         (c >= 0x064b && c <= 0x065f) || c == 0x0670 ||                   // Arabic
         (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff) ||
         (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe20 && c <= 0xfe2f);
}

// What people type for a letter that has no decomposition; null: itself. ß is folded by its case.
const char* plain_form(UChar32 c) {
  switch (c) {
    case U'æ':
      return "ae";
    case U'œ':
      return "oe";
    case U'ø':
      return "o";
    case U'ł':
      return "l";
    case U'đ':
    case U'ð':
    case U'ɗ':
      return "d";
    case U'þ':
      return "th";
    case U'ħ':
      return "h";
    case U'ŧ':
      return "t";
    case U'ŋ':
      return "n";
    case U'ı':
      return "i";
    case U'ə':
    case U'ǝ':
      return "e";
    case U'ĸ':
    case U'ƙ':
      return "k";
    case U'ɓ':
      return "b";
    case U'ƴ':
      return "y";
    case U'‘':
    case U'’':
    case U'ʻ':
    case U'ʼ':
    case U'ʾ':
    case U'ʿ':
      return "'";
    case U'“':
    case U'”':
      return "\"";
    case U'‐':
    case U'–':
    case U'—':
      return "-";
    default:
      return nullptr;
  }
}

void append_code_point(std::string& folded, UChar32 c) {
  char bytes[U8_MAX_LENGTH];
  std::int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  folded.append(bytes, static_cast<std::size_t>(length));
}

void append_folded(std::string& folded, UChar32 c) {
  if (is_optional_mark(c)) return;
  if (u_isUWhiteSpace(c) || u_iscntrl(c)) return append_space(folded);
  if (const char* plain = plain_form(c)) {
    folded.append(plain);
  } else {
    append_code_point(folded, c);
  }
}

// The compatibility forms' case folding also drops what is invisible (soft hyphens, joiners).
icu::UnicodeString case_folded_and_decomposed(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* casefold = icu::Normalizer2::getNFKCCasefoldInstance(status);
  const icu::Normalizer2* decompose = icu::Normalizer2::getNFDInstance(status);
  check(U_SUCCESS(status), "ICU has its normalization data; its packages belong together");
  const auto size = static_cast<std::int32_t>(text.size());
  const icu::UnicodeString caseless =
      casefold->normalize(icu::UnicodeString::fromUTF8({text.data(), size}), status);
  icu::UnicodeString decomposed = decompose->normalize(caseless, status);
  check(U_SUCCESS(status), "any text can be normalized");
  return decomposed;
}

}  // namespace

std::string fold(std::string_view text) {
  if (is_ascii(text)) return fold_ascii(text);
  const icu::UnicodeString letters = case_folded_and_decomposed(text);
  std::string folded;
  folded.reserve(text.size());
  for (std::int32_t at = 0; at < letters.length(); at = letters.moveIndex32(at, 1)) {
    append_folded(folded, letters.char32At(at));
  }
  return folded;
}

}  // namespace mt::sys_timespace
