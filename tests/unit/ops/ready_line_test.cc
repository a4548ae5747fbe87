#include "ops/runtime/ready_line.h"

#include <gtest/gtest.h>

namespace mt::test {
namespace {

TEST(ReadyLine, NamesTheFirstAddressFirst) {
  EXPECT_EQ(ready_line({"127.0.0.1:7440", "[::1]:80", "[::1]:81", "unix:./my data/mt.sock"},
                       "0.1.0", 0.214),
            "ready grpc=127.0.0.1:7440 also=[::1]:80,[::1]:81 version=0.1.0 seconds=0.21 "
            "socket=./my data/mt.sock\n");
}

TEST(ReadyLine, LeavesOutWhatThereIsNot) {
  EXPECT_EQ(ready_line({"unix:d/mt.sock"}, "1", 1),
            "ready version=1 seconds=1.00 socket=d/mt.sock\n");
  EXPECT_EQ(ready_line({"a:1"}, "1", 1), "ready grpc=a:1 version=1 seconds=1.00\n");
}

TEST(ReadyLine, TheDemoLineCountsEventsAndSeconds) {
  EXPECT_EQ(demo_line(135'482, 9.306), "demo loaded events=135482 seconds=9.31\n");
}

}  // namespace
}  // namespace mt::test
