#include "ops/terminal/display_width.h"

#include <gtest/gtest.h>

namespace mt {
namespace {

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("Berlin"), 6u);
  EXPECT_EQ(display_width("Zürich"), 6u);
  EXPECT_EQ(display_width("Москва"), 6u);
  EXPECT_EQ(display_width("東京"), 4u);
  EXPECT_EQ(display_width("서울"), 4u);
  EXPECT_EQ(display_width("🎵"), 2u);
  EXPECT_EQ(display_width("e\u0301"), 1u);  // a letter and its combining accent
}

TEST(DisplayWidth, CountsBrokenBytesOneByOne) {
  EXPECT_EQ(display_width("a\xff"), 2u);
  EXPECT_EQ(display_width("\xe6\x9d"), 2u);  // a wide character cut short
}

TEST(DisplayWidth, FillsUpByColumns) {
  EXPECT_EQ(left_aligned("東京", 6), "東京  ");
  EXPECT_EQ(right_aligned("ü", 3), "  ü");
  EXPECT_EQ(left_aligned("longer", 3), "longer");
}

TEST(DisplayWidth, CutsBetweenCharacters) {
  EXPECT_EQ(fitted("Berlin", 6), "Berlin");
  EXPECT_EQ(fitted("Berlin", 5), "Berl…");
  EXPECT_EQ(fitted("東京都", 5), "東京…");
  EXPECT_EQ(fitted("東京都", 4), "東…");  // half of a wide character does not fit
  EXPECT_EQ(fitted("Zürich", 3), "Zü…");
  EXPECT_EQ(fitted("Berlin", 1), "…");
  EXPECT_EQ(fitted("Berlin", 0), "");
}

TEST(DisplayWidth, LetsNoValueSteerTheTerminal) {
  EXPECT_EQ(printable("Grüße, 東京"), "Grüße, 東京");
  EXPECT_EQ(printable("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(printable("\x1b[31mred"), "\\x1b[31mred");
  EXPECT_EQ(printable("\u009b31m"), "\\xc2\\x9b31m");             // the one-byte form of ESC [
  EXPECT_EQ(printable("abc\u202ecba"), "abc\\xe2\\x80\\xaecba");  // turns what follows around
  EXPECT_EQ(printable("\xff"), "\\xff");
}

}  // namespace
}  // namespace mt
