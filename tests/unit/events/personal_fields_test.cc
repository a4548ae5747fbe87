#include "events/personal_fields.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "tests/proto/personal.pb.h"

namespace mt::tests::personal {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;

const StreamId kStream{"person", "7"};

PersonalFields fields_of(const google::protobuf::Descriptor* type) {
  return PersonalFields::of(*type).value();
}

Moved moved() {
  Moved event;
  event.set_email("ann@example.org");
  event.set_reason("work");
  event.mutable_home()->set_street("Canal 1");
  event.mutable_home()->set_country("NL");
  event.add_phones("1");
  event.add_phones("2");
  event.set_born(1980);
  event.set_passport("X1");
  event.mutable_birthplace()->set_country("BE");
  return event;
}

TEST(PersonalFields, AreTakenOutAndJoinedAgain) {
  const Moved whole = moved();
  Moved rest = whole;
  const std::string personal = fields_of(Moved::descriptor()).take_from(rest);
  EXPECT_EQ(rest.ShortDebugString(), "reason: \"work\" home { country: \"NL\" }");
  Moved joined;
  ASSERT_TRUE(joined.ParseFromString(rest.SerializeAsString() + personal));
  EXPECT_TRUE(MessageDifferencer::Equals(joined, whole)) << joined.ShortDebugString();
}

TEST(PersonalFields, AreNothingWhenNoneIsSet) {
  Moved event;
  event.set_reason("work");
  event.mutable_home()->set_country("NL");
  event.set_witness("a friend");
  const Moved whole = event;
  EXPECT_EQ(fields_of(Moved::descriptor()).take_from(event), "");
  EXPECT_TRUE(MessageDifferencer::Equals(event, whole));
}

TEST(PersonalFields, OfAnEventWithoutAnyAreEmpty) {
  EXPECT_TRUE(fields_of(Left::descriptor()).empty());
  EXPECT_FALSE(fields_of(Moved::descriptor()).empty());
}

TEST(PersonalFields, AreTheStreamsUnlessAFieldSaysWhose) {
  Visited visited;
  visited.set_visitor_id("9");
  EXPECT_EQ(fields_of(Moved::descriptor()).subject_of(moved(), kStream), "person/7");
  EXPECT_EQ(fields_of(Visited::descriptor()).subject_of(visited, kStream), "person/9");
  EXPECT_EQ(fields_of(Visited::descriptor()).subject_of(Visited(), kStream), "");
}

TEST(PersonalFields, ThatCannotBeSealedAreNamed) {
  const std::pair<const google::protobuf::Descriptor*, const char*> wrong[] = {
      {RepeatedWithin::descriptor(), "within mt.tests.personal.RepeatedWithin.homes"},
      {Chain::descriptor(), "within mt.tests.personal.Chain.next"},
      {NobodysField::descriptor(), "'who' is no field"},
      {PersonalSubject::descriptor(), "'name' is personal itself"},
      {NoCategory::descriptor(), "names no category"}};
  for (const auto& [type, why] : wrong) {
    const auto fields = PersonalFields::of(*type);
    ASSERT_FALSE(fields) << type->name();
    EXPECT_EQ(fields.error().code, Code::kFailedPrecondition);
    EXPECT_THAT(fields.error().message, HasSubstr(why));
  }
}

}  // namespace
}  // namespace mt::tests::personal
