// How long a call may take, as its client said it (bus/edges/call_metadata.h).
#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "bus/edges/call_metadata.h"

namespace mt {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::chrono::steady_clock::time_point kNow{hours(1000)};

gpr_timespec span(std::int64_t s, std::int32_t ns = 0) { return {s, ns, GPR_TIMESPAN}; }

TEST(Deadline, IsAsFarAwayAsTheClientSaid) {
  EXPECT_EQ(deadline_in(span(2, 500'000'000), kNow), kNow + milliseconds(2500));
  EXPECT_EQ(deadline_in(span(-2, 500'000'000), kNow), kNow - milliseconds(1500));
}

TEST(Deadline, IsNoneWhenTheClientWaitsForEver) {
  EXPECT_EQ(deadline_in(gpr_inf_future(GPR_TIMESPAN), kNow), std::nullopt);
}

// A client that says "no limit" by the longest time it knows, 292 years or the 11,000 that the
// protocol can carry, was once told that its deadline had passed.
TEST(Deadline, IsStillAheadWhenItIsFurtherAwayThanClocksCount) {
  for (const std::int64_t s : {9'223'372'036ll, 99'999'999ll * 3600, 1'000'000'000'000'000ll}) {
    const auto deadline = deadline_in(span(s), kNow);
    ASSERT_TRUE(deadline);
    EXPECT_GT(*deadline, kNow + hours(24 * 365));
  }
}

TEST(Deadline, OfLongAgoHasPassed) {
  const auto deadline = deadline_in(gpr_inf_past(GPR_TIMESPAN), kNow);
  ASSERT_TRUE(deadline);
  EXPECT_LT(*deadline, kNow);
}

}  // namespace
}  // namespace mt
