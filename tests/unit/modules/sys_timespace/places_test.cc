#include "modules/sys_timespace/server/places.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/unit/modules/sys_timespace/towns.h"

namespace mt::sys_timespace {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Places, AreShownWithTheirCountryInTheAskedLanguage) {
  Towns towns({{"1", "Köln", "DE", 963'395, {50.93333, 6.95}}, {"2", "Nowhere", "ZZ"}});
  v1::GetPlaceRequest request;
  request.set_place_id("1");
  request.set_language("fr");
  const auto response = towns.get(request);
  ASSERT_TRUE(response);
  const v1::Place& place = response->place();
  EXPECT_EQ(place.place_id(), "1");
  EXPECT_EQ(place.name(), "Köln");
  EXPECT_EQ(place.country_code(), "DE");
  EXPECT_EQ(place.country_name(), "Allemagne");
  EXPECT_EQ(place.admin_code(), "16");
  EXPECT_EQ(place.feature_code(), "PPL");
  EXPECT_EQ(place.population(), 963'395u);
  EXPECT_EQ(place.latitude(), 50.93333);
  EXPECT_EQ(place.longitude(), 6.95);
  EXPECT_EQ(place.time_zone(), "Europe/Berlin");
  EXPECT_EQ(place.distance_km(), 0);
  request.set_place_id("2");
  EXPECT_EQ(towns.get(request)->place().country_name(), "") << "its country is not registered";
}

TEST(Places, AreNotFoundBeforeTheyAreRegistered) {
  v1::GetPlaceRequest request;
  request.set_place_id("77");
  const auto response = Towns({}).get(request);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, Code::kNotFound);
  EXPECT_NE(response.error().message.find("77"), std::string::npos);
}

TEST(Places, AreFoundByTheBeginningOfTheirNameHoweverItIsTyped) {
  const Towns towns({{"1", "São Paulo", "BR"},
                     {"2", "Sao Tome", "ST"},
                     {"3", "Saône", "FR"},
                     {"4", "Łódź", "PL"}});
  EXPECT_THAT(towns.found("sao "), ElementsAre("São Paulo", "Sao Tome"));
  EXPECT_THAT(towns.found("SÃO"), ElementsAre("São Paulo", "Sao Tome", "Saône"));
  EXPECT_THAT(towns.found("Sa\u0303o p"), ElementsAre("São Paulo"));
  EXPECT_THAT(towns.found("lod"), ElementsAre("Łódź"));
  EXPECT_THAT(towns.found("odz"), IsEmpty());
}

TEST(Places, AreFoundWithinACountry) {
  const Towns towns(
      {{"1", "Paris", "FR"}, {"2", "Paris", "US"}, {"3", "Parma", "IT"}, {"4", "Lyon", "FR"}});
  EXPECT_THAT(towns.found("", "FR"), ElementsAre("Lyon", "Paris"));
  EXPECT_THAT(towns.found("par", "FR"), ElementsAre("Paris"));
  EXPECT_THAT(towns.found("par", "DE"), IsEmpty());
  EXPECT_THAT(towns.found("par"), ElementsAre("Paris", "Paris", "Parma"));
}

TEST(Places, OfOneNameComeTheMostPopulousFirst) {
  const Towns towns({{"1", "Springfield", "US", 60'000},
                     {"2", "Springfield", "US", 170'000},
                     {"3", "springfield", "AU", 90'000},
                     {"4", "Springfield", "US"},
                     {"5", "Springfield", "US", 170'000},
                     {"6", "Springfield Gardens", "US", 1'000'000}});
  v1::FindPlacesRequest request;
  request.set_name_prefix("spring");
  EXPECT_THAT(ids(towns.find(request)), ElementsAre("2", "5", "3", "1", "4", "6"));
}

TEST(Places, AreNotFoundByNothing) {
  v1::FindPlacesRequest request;
  EXPECT_EQ(Towns({}).find(request).error().violations.at(0).field, "name_prefix");
  for (const std::string nothing : {" ", "\u0301", "\u00ad"}) {
    request.set_name_prefix(nothing);
    request.set_country_code("DE");
    EXPECT_EQ(Towns({}).find(request).error().violations.at(0).field, "name_prefix");
  }
}

TEST(Places, WithLongNamesAreFoundByAllOfTheName) {
  const std::string same(150, 'x');
  Towns towns({{"1", same + "a", "DE"}, {"2", same + "b", "DE"}});
  EXPECT_EQ(towns.found(same.substr(0, 140)).size(), 2u);
  EXPECT_THAT(towns.found(same + "B"), ElementsAre(same + "b"));
  EXPECT_THAT(towns.found(same + "c"), IsEmpty());
  EXPECT_THAT(towns.found(same + "a", "DE"), ElementsAre(same + "a"));
  std::string longest;
  for (int i = 0; i < 200; ++i) longest += "\U00010400";  // 4 bytes a letter, as any name may have
  towns.add({"3", longest, "DE"});
  EXPECT_THAT(towns.found(longest), ElementsAre(longest));
}

TEST(Places, NearestToAPointComeWithTheirDistance) {
  const Towns towns({{"2950159", "Berlin", "DE", 3'426'354, {52.52437, 13.41053}},
                     {"2852458", "Potsdam", "DE", 145'292, {52.39886, 13.06566}},
                     {"2867714", "Munich", "DE", 1'260'391, {48.13743, 11.57549}}});
  v1::FindNearestRequest request;
  request.set_latitude(52.52);
  request.set_longitude(13.405);
  request.set_page_size(2);
  request.set_language("fr");
  const auto response = towns.find_nearest(request);
  ASSERT_THAT(ids(response), ElementsAre("2950159", "2852458"));
  EXPECT_EQ(response->places(0).name(), "Berlin");
  EXPECT_EQ(response->places(0).country_name(), "Allemagne");
  EXPECT_NEAR(response->places(0).distance_km(), 0.613, 0.001);
  EXPECT_NEAR(response->places(1).distance_km(), 26.647, 0.001);
}

TEST(Places, NearestAreTenUnlessMoreAreAskedFor) {
  std::vector<Town> thirty;
  for (int i = 0; i < 30; ++i)
    thirty.push_back({std::to_string(i), "Town", "DE", 0, {10, i * 1.0}});
  const Towns towns(thirty);
  v1::FindNearestRequest request;
  EXPECT_EQ(towns.find_nearest(request)->places_size(), 10);
  request.set_page_size(25);
  EXPECT_EQ(towns.find_nearest(request)->places_size(), 25);
  request.set_page_size(100);
  EXPECT_EQ(towns.find_nearest(request)->places_size(), 30);
}

// Whether a live query of that beginning, and country, tells the place.
bool is_followed(const std::string& name, const std::string& country, const std::string& asked,
                 const std::string& asked_country) {
  const Places places;
  v1::WatchPlacesRequest request;
  request.set_name_prefix(asked);
  request.set_country_code(asked_country);
  const auto rows = places.found(request);
  EXPECT_TRUE(rows);
  v1::Place place;
  place.set_name(name);
  place.set_country_code(country);
  return rows->table.is_in(rows->range, place) && (!rows->keeps || rows->keeps(place));
}

TEST(Places, AreFollowedAsTheyAreFound) {
  EXPECT_TRUE(is_followed("São Paulo", "BR", "sao p", ""));
  EXPECT_TRUE(is_followed("São Paulo", "BR", "SÃO", "BR"));
  EXPECT_TRUE(is_followed("São Paulo", "BR", "", "BR"));
  EXPECT_FALSE(is_followed("São Paulo", "BR", "sao t", ""));
  EXPECT_FALSE(is_followed("São Paulo", "BR", "sao", "PT"));
  const std::string long_name(kSortTextBytes, 'x');
  EXPECT_TRUE(is_followed(long_name + "abc", "BR", long_name + "ab", ""));
  EXPECT_FALSE(is_followed(long_name + "abc", "BR", long_name + "b", ""));
}

TEST(Places, AreNotFollowedWithNothingToGoBy) {
  const auto refused = Places().found(v1::WatchPlacesRequest());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace mt::sys_timespace
