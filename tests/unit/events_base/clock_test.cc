#include "events/base/clock.h"

#include <gtest/gtest.h>

namespace mt {
namespace {

using namespace std::chrono_literals;

TEST(ManualClock, StandsStillUntilItIsMoved) {
  ManualClock clock(Time(5s));
  EXPECT_EQ(clock.now(), Time(5s));
  EXPECT_EQ(clock.now(), Time(5s));
  clock.advance(2s);
  EXPECT_EQ(clock.now(), Time(7s));
  clock.advance(-3s);
  EXPECT_EQ(clock.now(), Time(4s));
}

TEST(SystemClock, TellsTheTimeOfTheSystem) {
  const auto before = std::chrono::system_clock::now();
  const Time now = SystemClock().now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, std::chrono::system_clock::now());
}

}  // namespace
}  // namespace mt
