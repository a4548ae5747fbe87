#include "bus/text_format.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace mt {
namespace {

struct Utf8 {
  std::string text;
  std::optional<std::size_t> invalid_at;
};

TEST(TextFormat, FindsTheFirstByteThatIsNotUtf8) {
  const Utf8 cases[] = {
      {"", {}},
      {"plain ASCII, longer than a word", {}},
      {"é ß 日本 𝄞 \xf4\x8f\xbf\xbf", {}},
      {std::string("a\0b", 3), {}},
      {"\x80", 0},                  // a continuation alone
      {"12345678\xbf", 8},          // the same after a word of ASCII
      {"1234567\xff 12345678", 7},  // inside one
      {"a\xc3", 1},                 // cut short
      {"a\xe2\x82", 1},
      {"a\xf0\x9d\x84", 1},
      {"\xc0\xaf", 0},  // overlong forms
      {"\xc1\xbf", 0},
      {"\xe0\x9f\xbf", 0},
      {"\xf0\x8f\xbf\xbf", 0},
      {"\xed\xa0\x80", 0},      // a surrogate
      {"\xf4\x90\x80\x80", 0},  // beyond U+10FFFF
      {"\xf5\x80\x80\x80", 0},
      {"\xc3(", 0},
  };
  for (const auto& [text, invalid_at] : cases)
    EXPECT_EQ(find_invalid_utf8(text), invalid_at) << text;
}

TEST(TextFormat, CountsCodePointsNotBytes) {
  EXPECT_EQ(count_code_points(""), 0u);
  EXPECT_EQ(count_code_points("abc"), 3u);
  EXPECT_EQ(count_code_points("é日𝄞"), 3u);
  EXPECT_EQ(count_code_points("e\u0301"), 2u);  // a combining accent counts for itself
}

TEST(TextFormat, KnowsIdentifiers) {
  for (const char* good : {"a", "0", "a.b_c-d", "9lives"}) EXPECT_TRUE(is_identifier(good)) << good;
  for (const char* bad : {"", "-a", ".a", "_a", "A", "a b", "ä", "a/b"})
    EXPECT_FALSE(is_identifier(bad)) << bad;
  EXPECT_TRUE(is_identifier(std::string(64, 'a')));
  EXPECT_FALSE(is_identifier(std::string(65, 'a')));
}

TEST(TextFormat, KnowsEmailAddresses) {
  for (const char* good : {"a@b.c", "ada.lovelace+x@mail.example.org", "o'neil@ex-ample.ie",
                           "jörg@bücher.example", "A_1%2@1.2"})
    EXPECT_TRUE(is_email(good)) << good;
  for (const char* bad :
       {"",        "@",      "a",      "a@",        "@b.c",     "a@b",     "a@.c",
        "a@b.",    "a@b..c", ".a@b.c", "a.@b.c",    "a..b@c.d", "a b@c.d", "a@b c.d",
        "a@b@c.d", "a@-b.c", "a@b-.c", "\"a\"@b.c", "a,b@c.d",  "a@b.c\n"})
    EXPECT_FALSE(is_email(bad)) << bad;
  const std::string label(63, 'b');
  EXPECT_TRUE(is_email(std::string(64, 'a') + "@" + label + ".org"));
  EXPECT_FALSE(is_email(std::string(65, 'a') + "@" + label + ".org"));
  EXPECT_FALSE(is_email("a@" + label + "b.org"));
  EXPECT_FALSE(is_email("a@" + label + "." + label + "." + label + "." + label + ".org"));
}

TEST(TextFormat, KnowsPrintableAscii) {
  EXPECT_TRUE(is_printable_ascii(" ~", 2));
  EXPECT_FALSE(is_printable_ascii("", 2));
  EXPECT_FALSE(is_printable_ascii("abc", 2));
  EXPECT_FALSE(is_printable_ascii("\x7f", 2));
  EXPECT_FALSE(is_printable_ascii("\t", 2));
  EXPECT_FALSE(is_printable_ascii("é", 2));
}

TEST(TextFormat, ShortensBetweenCodePoints) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc…");
  EXPECT_EQ(shortened("aéé", 4), "aé…");
  EXPECT_EQ(shortened("日本", 2), "…");
}

}  // namespace
}  // namespace mt
