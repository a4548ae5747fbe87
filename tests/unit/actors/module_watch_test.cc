#include "actors/module_watch.h"

#include <gtest/gtest.h>

namespace mt {
namespace {

ModuleWatch watch_of_one_failure() {
  return ModuleWatch({"mod"}, {.failures = 1, .window = std::chrono::hours(1), .restarts = 1});
}

TEST(ModuleWatch, SaysOnceThatTheModuleLeavesService) {
  ModuleWatch watch = watch_of_one_failure();
  EXPECT_TRUE(watch.failed("first"));
  EXPECT_FALSE(watch.failed("second"));
  EXPECT_FALSE(watch.in_service());
  EXPECT_EQ(watch.health().reason, "second");
}

TEST(ModuleWatch, EndsAPauseByItsOwnTurnOnly) {
  ModuleWatch watch = watch_of_one_failure();
  watch.failed("first");
  const std::uint64_t first = watch.pause()->turn;
  watch.reset();
  EXPECT_TRUE(watch.in_service());
  EXPECT_FALSE(watch.pause().has_value());
  watch.failed("again");
  watch.resume(first);
  EXPECT_FALSE(watch.in_service());
  watch.resume(watch.pause()->turn);
  EXPECT_TRUE(watch.in_service());
}

TEST(ModuleWatch, HasNoPauseOnceItFailedForGood) {
  ModuleWatch watch = watch_of_one_failure();
  watch.failed("first");
  watch.resume(watch.pause()->turn);
  EXPECT_TRUE(watch.failed("second"));
  EXPECT_FALSE(watch.pause().has_value());
  EXPECT_EQ(watch.health().state, ModuleState::kFailed);
}

}  // namespace
}  // namespace mt
