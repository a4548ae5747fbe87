// Which chains of upcasters are whole, and what the author of a broken one is told.
#include "events/event_types.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/proto/ledger.pb.h"

namespace mt {
namespace {

using testing::HasSubstr;

EventTypes ledger() {
  return EventTypes(std::vector{tests::ledger::LedgerEvent::descriptor()});
}

Result<StoredEvent> as_it_is(StoredEvent event) { return event; }

// Paid has schema 3.
std::string refusal(const Upcasters& upcasters) {
  const auto checked = check_chains(upcasters, ledger());
  return checked ? "" : checked.error().message;
}

TEST(EventTypes, KnowTheCurrentSchemas) {
  const EventTypes types = ledger();
  EXPECT_EQ(types.all().size(), 3u);
  EXPECT_EQ(types.find("Paid")->schema, 3u);
  EXPECT_EQ(types.find("Closed")->schema, 1u);
  EXPECT_EQ(types.find("Paid")->message, tests::ledger::Paid::descriptor());
  EXPECT_EQ(types.find("Counted"), nullptr);
}

TEST(EventTypes, AcceptAWholeChain) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Paid", 2, as_it_is));
  ASSERT_TRUE(upcasters.add("Paid", 1, as_it_is));
  EXPECT_EQ(refusal(upcasters), "");
  EXPECT_TRUE(ledger().can_read({"Paid", 1}, upcasters));
  EXPECT_TRUE(ledger().can_read({"Paid", 3}, upcasters));
}

TEST(EventTypes, AcceptSchemasThatAStepSkipsAndANameThatBeganLater) {
  Upcasters skipping;
  ASSERT_TRUE(skipping.add(EventKind{"Paid", 1}, EventKind{"Paid", 3}, as_it_is));
  EXPECT_EQ(refusal(skipping), "");
  Upcasters renaming;
  ASSERT_TRUE(renaming.add(EventKind{"Payed", 1}, EventKind{"Paid", 2}, as_it_is));
  ASSERT_TRUE(renaming.add("Paid", 2, as_it_is));
  EXPECT_EQ(refusal(renaming), "");
}

TEST(EventTypes, NameTheStepThatIsMissing) {
  Upcasters none;
  EXPECT_THAT(refusal(none), HasSubstr("event Paid of schema 1 to schema 2; the current one is "
                                       "schema 3"));
  Upcasters first;
  ASSERT_TRUE(first.add("Paid", 1, as_it_is));
  EXPECT_THAT(refusal(first), HasSubstr("Paid of schema 1, which is read as Paid of schema 2: no "
                                        "upcaster leads on to schema 3"));
  Upcasters last;
  ASSERT_TRUE(last.add("Paid", 2, as_it_is));
  EXPECT_THAT(refusal(last), HasSubstr("no upcaster leads from event Paid of schema 1"));
}

TEST(EventTypes, RefuseAStepPastTheCurrentSchema) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Closed", 1, as_it_is));
  EXPECT_THAT(refusal(upcasters), HasSubstr("upcaster of event Closed of schema 1, which is read "
                                            "as Closed of schema 2: this program knows up to "
                                            "schema 1"));
}

TEST(EventTypes, RefuseAStepForAnEventThatIsNotThere) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Refunded", 1, as_it_is));
  EXPECT_THAT(refusal(upcasters), HasSubstr("Refunded of schema 2: this program has no such"));
}

TEST(EventTypes, TellWhatCouldNotBeAdded) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add("Paid", 1, as_it_is));
  ASSERT_TRUE(upcasters.add("Paid", 2, as_it_is));
  ASSERT_FALSE(upcasters.add("Paid", 1, as_it_is));
  EXPECT_EQ(refusal(upcasters), "two upcasters for event Paid of schema 1");
}

TEST(EventTypes, SayWhatALogHoldsThatCannotBeRead) {
  const Upcasters none;
  EXPECT_TRUE(ledger().can_read({"Opened", 1}, none));
  const auto why = [&](const EventKind& kind) {
    return ledger().can_read(kind, none).error().message;
  };
  EXPECT_EQ(why({"Refunded", 1}), "event Refunded of schema 1: this program has no such event");
  EXPECT_EQ(why({"Opened", 2}), "event Opened of schema 2: this program knows up to schema 1");
  EXPECT_EQ(why({"Paid", 2}),
            "event Paid of schema 2: no upcaster leads on to schema 3, the current one");
}

}  // namespace
}  // namespace mt
