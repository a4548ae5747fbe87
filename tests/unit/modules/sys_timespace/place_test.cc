#include "modules/sys_timespace/server/place.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fixture/given.h"

namespace mt::sys_timespace {
namespace {

using test::Given;
using test::reply_in;

v1::PlaceCommand registration(const std::string& name = "Berlin") {
  v1::PlaceCommand command;
  v1::RegisterPlaceRequest& request = *command.mutable_register_();
  request.set_place_id("2950159");
  request.set_name(name);
  request.set_country_code("DE");
  request.set_admin_code("16");
  request.set_feature_code("PPLC");
  request.set_population(3'426'354);
  request.set_latitude(52.52437);
  request.set_longitude(13.41053);
  request.set_time_zone("Europe/Berlin");
  return command;
}

TEST(Place, IsRegisteredWithAllThatIsKnownOfIt) {
  const auto decided = Given<Place>("2950159").when(registration());
  ASSERT_TRUE(decided) << decided.error().message;
  const v1::PlaceRegistered& place = decided.event().registered();
  EXPECT_EQ(place.name(), "Berlin");
  EXPECT_EQ(place.country_code(), "DE");
  EXPECT_EQ(place.admin_code(), "16");
  EXPECT_EQ(place.feature_code(), "PPLC");
  EXPECT_EQ(place.population(), 3'426'354u);
  EXPECT_EQ(place.latitude(), 52.52437);
  EXPECT_EQ(place.longitude(), 13.41053);
  EXPECT_EQ(place.time_zone(), "Europe/Berlin");
  EXPECT_EQ(reply_in<v1::RegisterPlaceResponse>(decided).place_id(), "2950159");
}

TEST(Place, ChangesNothingWhenItIsRegisteredTheSameAgain) {
  const auto decided = Given<Place>("2950159").done(registration()).when(registration());
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided.events().empty());
  EXPECT_EQ(reply_in<v1::RegisterPlaceResponse>(decided).place_id(), "2950159");
}

TEST(Place, RefusesOtherDataUnderItsId) {
  const auto decided = Given<Place>("2950159").done(registration()).when(registration("Bonn"));
  ASSERT_EQ(decided.refusal(), Code::kAlreadyExists);
  EXPECT_NE(decided.error().message.find("2950159"), std::string::npos);
}

TEST(Place, NeedsANameByWhichItCanBeFound) {
  EXPECT_EQ(Given<Place>("2950159").when(registration(" \u0301")).refused_field(), "name");
}

TEST(Place, NeedsAZoneThatTheSystemKnowsOrNone) {
  v1::PlaceCommand command = registration();
  command.mutable_register_()->set_time_zone("Europe/Atlantis");
  EXPECT_EQ(Given<Place>("2950159").when(command).refused_field(), "time_zone");
  command.mutable_register_()->clear_time_zone();
  EXPECT_TRUE(Given<Place>("2950159").when(command));
}

TEST(Place, RefusesAnEmptyCommand) {
  EXPECT_EQ(Given<Place>("2950159").when({}).refusal(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace mt::sys_timespace
