#include "events/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace mt {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return invalid_field("number", "is odd");
  return number / 2;
}

Result<int> quarter(int number) {
  MT_TRY(const int first, half(number));
  MT_TRY(const int second, half(first));
  return second;
}

Result<void> check_quarter(int number, int& reached) {
  MT_CHECK_OK(half(number));
  reached = 1;
  MT_CHECK_OK(half(number / 2));
  reached = 2;
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = half(8);
  ASSERT_TRUE(good);
  EXPECT_EQ(*good, 4);
  EXPECT_EQ(good.value_or(9), 4);

  const Result<int> bad = half(7);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().code, Code::kInvalidArgument);
  EXPECT_EQ(bad.error().message, "number: is odd");
  ASSERT_EQ(bad.error().violations.size(), 1u);
  EXPECT_EQ(bad.error().violations[0], (FieldViolation{"number", "is odd"}));
  EXPECT_EQ(bad.value_or(9), 9);
}

TEST(Result, ThrowsWhenTheWrongSideIsRead) {
  EXPECT_THROW((void)half(7).value(), std::bad_variant_access);
  EXPECT_THROW((void)half(8).error(), std::bad_variant_access);
  EXPECT_ANY_THROW((void)Result<void>().error());
}

TEST(Result, TryGivesTheValueOrReturnsTheError) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error().message, "number: is odd");
}

TEST(Result, CheckOkReturnsTheFirstError) {
  int reached = 0;
  EXPECT_TRUE(check_quarter(8, reached));
  EXPECT_EQ(reached, 2);
  reached = 0;
  EXPECT_FALSE(check_quarter(6, reached));
  EXPECT_EQ(reached, 1);
}

TEST(Result, CarriesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> owner(std::make_unique<int>(5));
  const std::unique_ptr<int> taken = *std::move(owner);
  EXPECT_EQ(*taken, 5);
}

TEST(Code, HasTheNumbersAndTheNamesOfGrpc) {
  EXPECT_EQ(static_cast<int>(Code::kDataLoss), 15);
  EXPECT_EQ(to_string(Code::kOk), "OK");
  EXPECT_EQ(to_string(Code::kDataLoss), "DATA_LOSS");
  EXPECT_EQ(to_string(Code::kUnauthenticated), "UNAUTHENTICATED");
  EXPECT_EQ(to_string(static_cast<Code>(17)), "UNKNOWN");
  EXPECT_EQ(to_string(static_cast<Code>(-1)), "UNKNOWN");
}

}  // namespace
}  // namespace mt
