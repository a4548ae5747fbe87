#include "actors/set_aside.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace mt {
namespace {

TEST(SetAside, NamesSnapshotsOfOtherCodeOnceAndDamagedOnesEach) {
  SetAside aside;
  testing::internal::CaptureStderr();
  for (const char* id : {"a", "b", "c"}) {
    aside.note({"mod_main"}, {"notice", id}, {"of code 1", false});
    aside.note({"mod_main"}, {"notice", id}, {"of code 2", false});
    aside.note({"mod_main"}, {"notice", id}, {"it cannot be read", true});
  }
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(said, '\n'), 5) << said;
  EXPECT_NE(said.find("category=notice"), std::string::npos) << said;
  EXPECT_NE(said.find("stream=notice/c"), std::string::npos) << said;
}

}  // namespace
}  // namespace mt
