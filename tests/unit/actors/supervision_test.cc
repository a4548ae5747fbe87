#include "actors/supervision.h"

#include <gtest/gtest.h>

namespace mt {
namespace {

using std::chrono::milliseconds;

constexpr SupervisionLimits kLimits{.failures = 3,
                                    .window = milliseconds(1000),
                                    .first_back_off = milliseconds(100),
                                    .longest_back_off = milliseconds(300),
                                    .restarts = 4};

Supervision::Instant at(int ms) { return Supervision::Instant(milliseconds(ms)); }

Supervision started() {
  Supervision supervision(kLimits);
  supervision.started();
  return supervision;
}

// Fails as often as takes a module out of service; the pause that follows.
std::optional<milliseconds> fail_out(Supervision& supervision, int ms) {
  std::optional<milliseconds> pause;
  for (std::uint32_t i = 0; i < kLimits.failures; ++i) pause = supervision.failed("why", at(ms));
  return pause;
}

TEST(Supervision, RunsOnceItsSupervisorIsUp) {
  Supervision supervision(kLimits);
  EXPECT_EQ(supervision.state(at(0)), ModuleState::kStarting);
  supervision.started();
  EXPECT_EQ(supervision.state(at(0)), ModuleState::kRunning);
  EXPECT_TRUE(supervision.in_service());
}

TEST(Supervision, IsDegradedForAWindowAfterAFailure) {
  Supervision supervision = started();
  EXPECT_EQ(supervision.failed("division by zero", at(0)), std::nullopt);
  EXPECT_EQ(supervision.state(at(1000)), ModuleState::kDegraded);
  EXPECT_EQ(supervision.reason(), "division by zero");
  EXPECT_TRUE(supervision.in_service());
  EXPECT_EQ(supervision.state(at(1001)), ModuleState::kRunning);
}

TEST(Supervision, LeavesServiceAfterTooManyFailuresInAWindow) {
  Supervision supervision = started();
  EXPECT_EQ(supervision.failed("a", at(0)), std::nullopt);
  EXPECT_EQ(supervision.failed("b", at(500)), std::nullopt);
  EXPECT_EQ(supervision.failed("c", at(1000)), milliseconds(100));
  EXPECT_EQ(supervision.state(at(1000)), ModuleState::kStopped);
  EXPECT_FALSE(supervision.in_service());
}

TEST(Supervision, ForgetsFailuresOlderThanTheWindow) {
  Supervision supervision = started();
  for (int ms = 0; ms < 10'000; ms += 600) {
    EXPECT_EQ(supervision.failed("now and then", at(ms)), std::nullopt) << ms;
  }
}

TEST(Supervision, DoublesItsPauseUpToTheLongest) {
  Supervision supervision = started();
  EXPECT_EQ(fail_out(supervision, 0), milliseconds(100));
  supervision.resumed(at(100));
  EXPECT_EQ(supervision.state(at(100)), ModuleState::kDegraded);
  EXPECT_EQ(fail_out(supervision, 200), milliseconds(200));
  supervision.resumed(at(400));
  EXPECT_EQ(fail_out(supervision, 500), milliseconds(300));
}

TEST(Supervision, FailsForGoodAfterSoManyRestartsInARow) {
  Supervision supervision = started();
  for (std::uint32_t i = 0; i < kLimits.restarts; ++i) {
    ASSERT_TRUE(fail_out(supervision, 0).has_value()) << i;
    supervision.resumed(at(0));
  }
  EXPECT_EQ(fail_out(supervision, 0), std::nullopt);
  EXPECT_EQ(supervision.state(at(1'000'000)), ModuleState::kFailed);
  supervision.resumed(at(0));
  EXPECT_FALSE(supervision.in_service());
}

TEST(Supervision, BeginsARowAnewAfterAWindowOfService) {
  Supervision supervision = started();
  EXPECT_EQ(fail_out(supervision, 0), milliseconds(100));
  supervision.resumed(at(100));
  EXPECT_EQ(fail_out(supervision, 2000), milliseconds(100));
}

TEST(Supervision, CountsNoFailuresWhileOutOfService) {
  Supervision supervision = started();
  fail_out(supervision, 0);
  EXPECT_EQ(fail_out(supervision, 10), std::nullopt);
  supervision.resumed(at(100));
  EXPECT_EQ(supervision.failed("a", at(110)), std::nullopt);
  EXPECT_TRUE(supervision.in_service());
}

TEST(Supervision, StartsFromZeroAfterAReset) {
  Supervision supervision = started();
  for (std::uint32_t i = 0; i < kLimits.restarts; ++i) {
    fail_out(supervision, 0);
    supervision.resumed(at(0));
  }
  fail_out(supervision, 0);
  supervision.reset();
  EXPECT_EQ(supervision.state(at(0)), ModuleState::kRunning);
  EXPECT_EQ(supervision.reason(), "");
  EXPECT_EQ(fail_out(supervision, 0), milliseconds(100));
}

TEST(Supervision, NamesItsStates) {
  EXPECT_EQ(to_string(ModuleState::kStarting), "starting");
  EXPECT_EQ(to_string(ModuleState::kRunning), "running");
  EXPECT_EQ(to_string(ModuleState::kDegraded), "degraded");
  EXPECT_EQ(to_string(ModuleState::kStopped), "stopped");
  EXPECT_EQ(to_string(ModuleState::kFailed), "failed");
}

}  // namespace
}  // namespace mt
