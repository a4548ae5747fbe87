#include "events/event_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/proto/ledger.pb.h"

namespace mt {
namespace {

using testing::HasSubstr;
using tests::ledger::CountEvent;
using tests::ledger::LedgerEvent;

LedgerEvent paid(std::int64_t cents) {
  LedgerEvent event;
  event.mutable_paid()->set_cents(cents);
  event.mutable_paid()->set_note("note");
  return event;
}

void expect_data_loss(const StoredEvent& stored, const std::string& why) {
  LedgerEvent event = paid(1);
  const auto decoded = decode_event(stored, event);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, Code::kDataLoss);
  EXPECT_THAT(decoded.error().message, HasSubstr(why));
}

TEST(EventCodec, StoresTheInnerMessageUnderItsShortNameAndSchema) {
  const StoredEvent stored = encode_event(paid(500));
  EXPECT_EQ(stored.type, "Paid");
  EXPECT_EQ(stored.schema, 3u);
  EXPECT_EQ(stored.payload, paid(500).paid().SerializeAsString());
  EXPECT_TRUE(stored.tags.empty());
}

TEST(EventCodec, TakesSchemaOneWhereNoneIsDeclared) {
  LedgerEvent closed;
  closed.mutable_closed();
  const StoredEvent stored = encode_event(closed);
  EXPECT_EQ(stored, (StoredEvent{"Closed", 1, ""}));
}

TEST(EventCodec, GivesBackWhatItStored) {
  LedgerEvent read;
  read.mutable_opened()->set_owner("someone before");
  ASSERT_TRUE(decode_event(encode_event(paid(-3)), read));
  EXPECT_EQ(read.SerializeAsString(), paid(-3).SerializeAsString());
}

TEST(EventCodec, ReadsAnOlderSchemaAsProtobufDoes) {
  StoredEvent stored = encode_event(paid(8));
  stored.schema = 1;
  LedgerEvent read;
  ASSERT_TRUE(decode_event(stored, read));
  EXPECT_EQ(read.paid().cents(), 8);
}

TEST(EventCodec, KnowsWhichOneofAnEventBelongsTo) {
  EXPECT_TRUE(event_belongs_to(*LedgerEvent::descriptor(), "Paid"));
  EXPECT_FALSE(event_belongs_to(*LedgerEvent::descriptor(), "Counted"));
  EXPECT_TRUE(event_belongs_to(*CountEvent::descriptor(), "Counted"));
  EXPECT_FALSE(event_belongs_to(*CountEvent::descriptor(), "counted"));
}

TEST(EventCodec, SaysWhatItCannotRead) {
  expect_data_loss({"Counted", 1, ""}, "no event Counted among mt.tests.ledger.LedgerEvent");
  expect_data_loss({"Paid", 4, ""}, "event Paid has schema 4, this program knows up to 3");
  expect_data_loss({"Paid", 3, "\xff\xff"}, "payload of event Paid does not parse");
}

TEST(EventCodecDeathTest, AcceptsNoEventWithoutACase) {
  EXPECT_DEATH((void)encode_event(LedgerEvent()), "has one of its cases set");
}

}  // namespace
}  // namespace mt
