#include "ops/terminal/number_text.h"

#include <gtest/gtest.h>

#include <limits>

namespace mt {
namespace {

TEST(NumberText, GroupsDigits) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(135233), "135,233");
  EXPECT_EQ(grouped(std::numeric_limits<std::uint64_t>::max()), "18,446,744,073,709,551,615");
}

TEST(NumberText, TellsDurationsInTheUnitsThatMatter) {
  const struct {
    double seconds;
    const char* text;
  } cases[] = {{0, "0.00 s"},
               {0.4249, "0.42 s"},
               {9.994, "9.99 s"},
               {9.996, "10.0 s"},
               {59.94, "59.9 s"},
               {59.96, "1 min 00 s"},
               {185, "3 min 05 s"},
               {3599.6, "1 h 00 min"},
               {7800, "2 h 10 min"},
               {86400 * 4 + 3600 * 3, "4 d 03 h"},
               {-1, "?"},
               {std::numeric_limits<double>::quiet_NaN(), "?"},
               {std::numeric_limits<double>::infinity(), "?"}};
  for (const auto& [seconds, text] : cases) EXPECT_EQ(duration_text(seconds), text);
}

TEST(NumberText, TellsWhatShouldBeShortInMilliseconds) {
  EXPECT_EQ(milliseconds_text(0.26), "0.3 ms");
  EXPECT_EQ(milliseconds_text(1204), "1204.0 ms");
}

TEST(NumberText, CountsBytesInTheUnitThatFits) {
  const std::vector<std::pair<std::uint64_t, std::string>> cases = {
      {0, "0 bytes"},
      {1, "1 byte"},
      {1'023, "1023 bytes"},
      {1'024, "1.00 KiB"},
      {10'240, "10.0 KiB"},
      {14'050'000, "13.4 MiB"},
      {2'200'000'000, "2.05 GiB"},
      {5'000'000'000'000'000, "4547.5 TiB"}};
  for (const auto& [bytes, text] : cases) EXPECT_EQ(bytes_text(bytes), text);
}

TEST(NumberText, SaysAHundredPerCentOnlyAtTheEnd) {
  EXPECT_EQ(percent(0, 10), 0);
  EXPECT_EQ(percent(5, 10), 50);
  EXPECT_EQ(percent(999'999, 1'000'000), 99);
  EXPECT_EQ(percent(10, 10), 100);
  EXPECT_EQ(percent(0, 0), 100);
}

}  // namespace
}  // namespace mt
