// The sets that come with the container, against the rules of the module.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <utility>

#include "bus/validation.h"
#include "modules/sys_timespace/server/country.h"
#include "modules/sys_timespace/server/languages.h"
#include "modules/sys_timespace/server/place.h"
#include "tests/fixture/given.h"
#include "tests/unit/modules/sys_timespace/data_set.h"

namespace mt::sys_timespace {
namespace {

using test::Given;

constexpr char kRegisterPlace[] = "sys.timespace.v1.PlaceService/RegisterPlace";
constexpr char kRegisterCountry[] = "sys.timespace.v1.CountryService/RegisterCountry";

template <typename Request>
Validator rules_of() {
  auto rules = Validator::compile(*Request::descriptor());
  check(rules.has_value(), "the rules of a request compile");
  return *std::move(rules);
}

template <Entity E, typename Request>
test::Outcome<E> registered(const std::string& id, const Request& request) {
  typename E::Command command;
  *command.mutable_register_() = request;
  return Given<E>(id).when(command);
}

TEST(CitiesSet, AreAllRegistrationsThatTheModuleAccepts) {
  DataSet cities("cities");
  const Validator rules = rules_of<v1::RegisterPlaceRequest>();
  int count = 0;
  int without_zone = 0;
  std::string last;
  cities.each<v1::RegisterPlaceRequest>(
      kRegisterPlace, [&](const std::string& id, const v1::RegisterPlaceRequest& request) {
        ++count;
        ASSERT_EQ(id, request.place_id());
        ASSERT_LT(last, id) << "the tables are filled from left to right";
        last = id;
        const auto valid = rules.validate(request);
        ASSERT_TRUE(valid) << id << ": " << valid.error().message;
        const auto decided = registered<Place>(id, request);
        ASSERT_TRUE(decided) << id << ": " << decided.error().message;
        without_zone += request.time_zone().empty() ? 1 : 0;
      });
  EXPECT_EQ(count, 135'233);
  EXPECT_EQ(without_zone, 0);
  EXPECT_EQ(cities.header().fields().at("commands").number_value(), count);
  EXPECT_EQ(cities.text("set"), "cities");
  EXPECT_EQ(cities.text("module"), "sys_timespace");
  EXPECT_NE(cities.text("attribution").find("GeoNames, https://www.geonames.org, CC BY 4.0"),
            std::string::npos);
  EXPECT_TRUE(cities.header().fields().at("demo").bool_value());
  EXPECT_EQ(cities.header().fields().at("needs").list_value().ShortDebugString(),
            R"(values { string_value: "sys_timespace/countries" })");
}

TEST(CountriesSet, AreAllRegistrationsThatTheModuleAccepts) {
  DataSet countries("countries");
  const Validator rules = rules_of<v1::RegisterCountryRequest>();
  int count = 0;
  countries.each<v1::RegisterCountryRequest>(
      kRegisterCountry, [&](const std::string& id, const v1::RegisterCountryRequest& request) {
        ++count;
        ASSERT_EQ(id, request.country_code());
        const auto valid = rules.validate(request);
        ASSERT_TRUE(valid) << id << ": " << valid.error().message;
        const auto decided = registered<Country>(id, request);
        ASSERT_TRUE(decided) << id << ": " << decided.error().message;
        for (const auto& [language, name] : request.names()) {
          ASSERT_EQ(language_tag(language), language) << "written as it is asked for";
        }
      });
  EXPECT_GE(count, 250);
  EXPECT_EQ(countries.header().fields().at("commands").number_value(), count);
  EXPECT_EQ(countries.text("set"), "countries");
  EXPECT_EQ(countries.text("module"), "sys_timespace");
  EXPECT_NE(countries.text("attribution").find("iso-codes"), std::string::npos);
  EXPECT_TRUE(countries.header().fields().at("demo").bool_value());
}

// Country code and zone of each line of tzdata's zone.tab.
std::set<std::pair<std::string, std::string>> zones_of_countries() {
  std::set<std::pair<std::string, std::string>> zones;
  std::ifstream file("/usr/share/zoneinfo/zone.tab");
  for (std::string country, at, zone, rest; file >> country; std::getline(file, rest)) {
    if (!country.starts_with("#") && file >> at >> zone) zones.emplace(country, zone);
  }
  return zones;
}

TEST(CitiesSet, LieInCountriesThatHaveAName) {
  std::set<std::string> countries;
  DataSet("countries").each<v1::RegisterCountryRequest>(
      kRegisterCountry, [&](const std::string& id, const v1::RegisterCountryRequest& request) {
        countries.insert(id);
        if (id != "XK") return;
        EXPECT_EQ(request.name(), "Kosovo");
        EXPECT_EQ(request.names().at("de"), "Kosovo");
        EXPECT_EQ(request.names().at("sr"), "Косово");
      });
  DataSet("cities").each<v1::RegisterPlaceRequest>(
      kRegisterPlace, [&](const std::string& id, const v1::RegisterPlaceRequest& request) {
        ASSERT_TRUE(countries.contains(request.country_code())) << id << " " << request.name();
      });
}

TEST(CitiesSet, HaveAZoneOfTheirCountry) {
  const auto zones = zones_of_countries();
  ASSERT_TRUE(zones.contains({"DE", "Europe/Berlin"}));
  DataSet("cities").each<v1::RegisterPlaceRequest>(
      kRegisterPlace, [&](const std::string& id, const v1::RegisterPlaceRequest& request) {
        // Kosovo has no code of ISO 3166-1, and so no line there.
        const bool is_right = request.country_code() == "XK"
                                  ? request.time_zone() == "Europe/Belgrade"
                                  : zones.contains({request.country_code(), request.time_zone()});
        ASSERT_TRUE(is_right) << id << " " << request.name() << ": " << request.time_zone();
      });
}

}  // namespace
}  // namespace mt::sys_timespace
