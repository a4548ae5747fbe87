#include "events/base/check.h"

#include <gtest/gtest.h>

namespace mt {
namespace {

TEST(CheckDeathTest, SaysWhereAndWhyAndAborts) {
  check(true, "nothing happens");
  EXPECT_EXIT(check(false, "a promise was broken"), testing::KilledBySignal(SIGABRT),
              "check failed at .*check_test.cc:[0-9]+: a promise was broken");
}

}  // namespace
}  // namespace mt
