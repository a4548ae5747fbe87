#include "events/upcasters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mt {
namespace {

using testing::HasSubstr;

// Writes its mark behind the payload and goes to the next schema.
Upcasters::Step marks(std::string mark) {
  return [mark = std::move(mark)](StoredEvent event) -> Result<StoredEvent> {
    event.payload += mark;
    ++event.schema;
    return event;
  };
}

TEST(Upcasters, LeaveAnEventThatNoStepConcerns) {
  Upcasters upcasters;
  EXPECT_TRUE(upcasters.empty());
  ASSERT_TRUE(upcasters.add("Paid", 1, marks("!")));
  EXPECT_FALSE(upcasters.empty());
  const StoredEvent other{"Opened", 1, "payload", {"tag"}};
  EXPECT_EQ(upcasters.upcast(other).value(), other);
  const StoredEvent newest{"Paid", 2, "payload"};
  EXPECT_EQ(upcasters.upcast(newest).value(), newest);
}

TEST(Upcasters, ChainTheStepsFromAnySchemaOn) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Paid", 2, marks("b")));
  ASSERT_TRUE(upcasters.add("Paid", 1, marks("a")));
  ASSERT_TRUE(upcasters.add("Paid", 3, marks("c")));
  EXPECT_EQ(upcasters.upcast({"Paid", 1, ""}).value(), (StoredEvent{"Paid", 4, "abc"}));
  EXPECT_EQ(upcasters.upcast({"Paid", 3, ""}).value(), (StoredEvent{"Paid", 4, "c"}));
}

TEST(Upcasters, FollowAnEventThatWasRenamed) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Payed", 1, [](StoredEvent event) -> Result<StoredEvent> {
    event.type = "Paid";
    event.schema = 2;
    return event;
  }));
  ASSERT_TRUE(upcasters.add("Paid", 2, marks("!")));
  EXPECT_EQ(upcasters.upcast({"Payed", 1, ""}).value(), (StoredEvent{"Paid", 3, "!"}));
}

TEST(Upcasters, MaySkipSchemas) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Paid", 1, [](StoredEvent event) -> Result<StoredEvent> {
    event.schema = 5;
    return event;
  }));
  EXPECT_EQ(upcasters.upcast({"Paid", 1, ""}).value().schema, 5u);
}

TEST(Upcasters, RefuseTwoStepsForOneSchema) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Paid", 1, marks("a")));
  const auto again = upcasters.add("Paid", 1, marks("b"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kAlreadyExists);
  EXPECT_THAT(again.error().message, HasSubstr("Paid of schema 1"));
  EXPECT_EQ(upcasters.upcast({"Paid", 1, ""}).value().payload, "a") << "the first one stays";
}

TEST(Upcasters, SayWhichStepFailed) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Paid", 1, marks("a")));
  ASSERT_TRUE(upcasters.add("Paid", 2, [](StoredEvent) -> Result<StoredEvent> {
    return invalid_argument("no currency");
  }));
  const auto failed = upcasters.upcast({"Paid", 1, ""});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kDataLoss);
  EXPECT_THAT(failed.error().message, HasSubstr("Paid of schema 2 failed: no currency"));
}

TEST(Upcasters, DoNotTurnInACircle) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Paid", 1, [](StoredEvent event) -> Result<StoredEvent> {
    event.payload = "same";
    return event;
  }));
  const auto failed = upcasters.upcast({"Paid", 1, ""});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kDataLoss);
  EXPECT_THAT(failed.error().message, HasSubstr("Paid of schema 1 does not raise the schema"));
}

}  // namespace
}  // namespace mt
