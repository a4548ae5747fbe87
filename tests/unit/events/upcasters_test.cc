#include "events/upcasters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/proto/ledger.pb.h"

namespace mt {
namespace {

using testing::HasSubstr;

// Writes its mark behind the payload.
Upcasters::Step marks(std::string mark) {
  return [mark = std::move(mark)](StoredEvent event) -> Result<StoredEvent> {
    event.payload += mark;
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
  ASSERT_TRUE(upcasters.add(EventKind{"Payed", 1}, EventKind{"Paid", 2},
                            [](StoredEvent event) -> Result<StoredEvent> {
                              event.type = "Paid";
                              event.schema = 2;
                              return event;
                            }));
  ASSERT_TRUE(upcasters.add("Paid", 2, marks("!")));
  EXPECT_EQ(upcasters.upcast({"Payed", 1, ""}).value(), (StoredEvent{"Paid", 3, "!"}));
  EXPECT_EQ(upcasters.leads_to({"Payed", 1}), (EventKind{"Paid", 3}));
}

TEST(Upcasters, MaySkipSchemas) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add(EventKind{"Paid", 1}, EventKind{"Paid", 5},
                            [](StoredEvent event) -> Result<StoredEvent> {
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

TEST(Upcasters, RefuseAStepThatDoesNotRaiseTheSchema) {
  for (const std::uint32_t to : {1u, 2u}) {
    Upcasters upcasters;
    const auto refused =
        upcasters.add(EventKind{"Paid", 2}, EventKind{"Paid", to}, marks("never"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
    EXPECT_THAT(refused.error().message,
                HasSubstr("Paid of schema 2 leads to Paid of schema " + std::to_string(to)));
    EXPECT_TRUE(upcasters.empty());
    EXPECT_EQ(upcasters.status().error(), refused.error()) << "the start of the program asks";
  }
}

TEST(Upcasters, SayWhichStepGaveAnotherKindThanItWasAddedFor) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Paid", 1, [](StoredEvent event) -> Result<StoredEvent> {
    event.type = "Payed";
    return event;
  }));
  const auto failed = upcasters.upcast({"Paid", 1, ""});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, Code::kDataLoss);
  EXPECT_THAT(failed.error().message, HasSubstr("Paid of schema 1 gave Payed of schema 2"));
}

// One ended the tables thread's process.
TEST(Upcasters, TurnWhatAStepThrowsIntoAnError) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Paid", 1, [](StoredEvent) -> Result<StoredEvent> {
    throw std::out_of_range("no such currency");
  }));
  ASSERT_TRUE(upcasters.add("Paid", 2, [](StoredEvent) -> Result<StoredEvent> { throw 7; }));
  EXPECT_EQ(upcasters.upcast({"Paid", 1, ""}).error(),
            internal("the upcaster for event Paid of schema 1 threw: no such currency"));
  EXPECT_EQ(upcasters.upcast({"Paid", 2, ""}).error().code, Code::kInternal);
}

TEST(Upcasters, GoFromMessageToMessage) {
  Upcasters upcasters;
  const auto dearer = [](const tests::ledger::Paid& old) {
    tests::ledger::Opened raised;
    raised.set_owner(std::to_string(old.cents()));
    return raised;
  };
  ASSERT_TRUE(
      upcasters.add("Paid", 1, payload_step<tests::ledger::Paid, tests::ledger::Opened>(dearer)));
  tests::ledger::Paid old;
  old.set_cents(7);
  const auto raised = upcasters.upcast({"Paid", 1, old.SerializeAsString(), {"tag"}});
  tests::ledger::Opened read;
  ASSERT_TRUE(raised && read.ParseFromString(raised->payload));
  EXPECT_EQ(read.owner(), "7");
  EXPECT_EQ(raised->schema, 2u);
  EXPECT_EQ(raised->tags, std::vector<std::string>{"tag"});
  EXPECT_THAT(upcasters.upcast({"Paid", 1, "\xff"}).error().message,
              HasSubstr("Paid of schema 1 failed: its payload does not parse"));
}

}  // namespace
}  // namespace mt
