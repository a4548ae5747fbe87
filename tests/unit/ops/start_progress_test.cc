#include "ops/runtime/start_progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mt::test {
namespace {

using testing::HasSubstr;

std::string shown(std::chrono::milliseconds interval, const FoldProgress& fold) {
  testing::internal::CaptureStderr();
  StartProgress progress(interval);
  for (int i = 0; i < 3; ++i) progress.show(fold);
  return testing::internal::GetCapturedStderr();
}

// Nothing was said while a node folded all of its log.
TEST(StartProgress, LogsHowFarAFoldIs) {
  const std::string lines =
      shown(std::chrono::milliseconds(0), {"sys_timespace", {500}, {2'000}, 300});
  EXPECT_THAT(lines, HasSubstr("folding the log"));
  EXPECT_THAT(lines, HasSubstr("sys_timespace"));
  EXPECT_THAT(lines, HasSubstr("500"));
  EXPECT_THAT(lines, HasSubstr("2000"));
  EXPECT_THAT(lines, HasSubstr("events_per_second=300"));
  EXPECT_THAT(lines, HasSubstr("seconds_left=5"));
}

TEST(StartProgress, SaysNothingOfWhatIsDoneSoon) {
  EXPECT_EQ(shown(std::chrono::hours(1), {"sys_timespace", {500}, {2'000}, 300}), "");
}

TEST(StartProgress, SaysNothingOfAnEmptyLog) {
  EXPECT_EQ(shown(std::chrono::milliseconds(0), {"sys_timespace", {0}, {0}, 0}), "");
}

}  // namespace
}  // namespace mt::test
