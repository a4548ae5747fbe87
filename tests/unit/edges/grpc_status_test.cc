#include "bus/edges/grpc_status.h"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace mt {
namespace {

TEST(GrpcStatus, HasTheCodeAndTheMessage) {
  for (int code = 1; code <= 16; ++code) {
    const auto status = to_status({static_cast<Code>(code), "why"});
    EXPECT_EQ(static_cast<int>(status.error_code()), code);
    EXPECT_EQ(status.error_message(), "why");
    EXPECT_EQ(status.error_details(), "");
  }
}

// 8 KiB is what clients take of metadata; details travel as base64, the message percent-encoded.
TEST(GrpcStatus, StaysBelowWhatClientsTakeHoweverMuchIsWrong) {
  Error error = invalid_argument(std::string(100'000, '%'));
  for (int i = 0; i < 100; ++i)
    error.violations.push_back({"field" + std::to_string(i), std::string(150, 'x')});
  const auto status = to_status(error);
  EXPECT_LT(status.error_message().size() * 3 + status.error_details().size() * 4 / 3, 8000u);
}

TEST(GrpcStatus, KeepsTheFirstViolationsWhenNotAllFit) {
  Error error = invalid_argument("much is wrong");
  for (int i = 0; i < 100; ++i)
    error.violations.push_back({std::to_string(i), std::string(90, 'x')});
  google::rpc::Status status;
  ASSERT_TRUE(status.ParseFromString(to_status(error).error_details()));
  google::rpc::BadRequest details;
  ASSERT_TRUE(status.details(0).UnpackTo(&details));
  ASSERT_GT(details.field_violations_size(), 10);
  ASSERT_LT(details.field_violations_size(), 100);
  for (int i = 0; i < details.field_violations_size(); ++i)
    EXPECT_EQ(details.field_violations(i).field(), std::to_string(i));
}

}  // namespace
}  // namespace mt
