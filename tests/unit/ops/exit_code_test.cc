#include "ops/mtctl/exit_code.h"

#include <gtest/gtest.h>

namespace mt::mtctl {
namespace {

TEST(ExitCode, SaysWhatKindOfFailureItWas) {
  const struct {
    Code code;
    int left;
  } cases[] = {{Code::kOk, 0},
               {Code::kCancelled, 1},
               {Code::kUnknown, 1},
               {Code::kInvalidArgument, 2},
               {Code::kDeadlineExceeded, 7},
               {Code::kNotFound, 3},
               {Code::kAlreadyExists, 5},
               {Code::kPermissionDenied, 4},
               {Code::kResourceExhausted, 6},
               {Code::kFailedPrecondition, 5},
               {Code::kAborted, 5},
               {Code::kOutOfRange, 2},
               {Code::kUnimplemented, 3},
               {Code::kInternal, 1},
               {Code::kUnavailable, 6},
               {Code::kDataLoss, 1},
               {Code::kUnauthenticated, 4}};
  for (const auto& [code, left] : cases) EXPECT_EQ(exit_code(code), left) << to_string(code);
}

TEST(ExitCode, FailsForACodeOfALaterTime) { EXPECT_EQ(exit_code(static_cast<Code>(99)), 1); }

}  // namespace
}  // namespace mt::mtctl
