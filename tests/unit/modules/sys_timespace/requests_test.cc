// What the rules of the requests' fields refuse before the module sees a request.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "bus/validation.h"
#include "events/base/check.h"
#include "modules/sys_timespace/server/v1.h"

namespace mt::sys_timespace {
namespace {

// The field that the rules find wrong; empty when they find none, or more than one.
template <typename Request>
std::string refused_field(const Request& request) {
  const auto rules = Validator::compile(*Request::descriptor());
  check(rules.has_value(), "the rules of a request compile");
  const auto valid = rules->validate(request);
  return valid || valid.error().violations.size() != 1 ? "" : valid.error().violations[0].field;
}

v1::FindNearestRequest around(double latitude, double longitude) {
  v1::FindNearestRequest request;
  request.set_latitude(latitude);
  request.set_longitude(longitude);
  return request;
}

TEST(Requests, NameAPointOnTheGlobe) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(refused_field(around(200, 0)), "latitude");
  EXPECT_EQ(refused_field(around(-90.000001, 0)), "latitude");
  EXPECT_EQ(refused_field(around(kNaN, 0)), "latitude");
  EXPECT_EQ(refused_field(around(0, 180.000001)), "longitude");
  EXPECT_EQ(refused_field(around(0, -kInfinity)), "longitude");
  EXPECT_EQ(refused_field(around(90, -180)), "");
  EXPECT_EQ(refused_field(around(-90, 180)), "");
}

v1::RegisterPlaceRequest named(const std::string& name) {
  v1::RegisterPlaceRequest request;
  request.set_place_id("1");
  request.set_name(name);
  request.set_country_code("DE");
  request.set_latitude(0);
  request.set_longitude(0);
  return request;
}

template <typename Request>
void expect_both_halves_of_a_point(const Request& whole) {
  EXPECT_EQ(refused_field(whole), "");
  Request half = whole;
  half.clear_longitude();
  EXPECT_EQ(refused_field(half), "longitude");
  half = whole;
  half.clear_latitude();
  EXPECT_EQ(refused_field(half), "latitude");
}

TEST(Requests, NameBothHalvesOfAPointAlsoWhenTheyAreZero) {
  expect_both_halves_of_a_point(around(0, 0));
  expect_both_halves_of_a_point(named("Berlin"));
}

TEST(Requests, NameAPlaceInTwoHundredCharacters) {
  std::string longest;
  for (int i = 0; i < 200; ++i) longest += "ü";
  EXPECT_EQ(refused_field(named(longest)), "");
  EXPECT_EQ(refused_field(named(longest + "x")), "name");
  EXPECT_EQ(refused_field(named(std::string(10'000, 'x'))), "name");
  EXPECT_EQ(refused_field(named("")), "name");
  v1::FindPlacesRequest find;
  find.set_name_prefix(std::string(10'000, 'x'));
  EXPECT_EQ(refused_field(find), "name_prefix");
}

TEST(Requests, NameACountryByItsCode) {
  v1::RegisterPlaceRequest request = named("Berlin");
  for (const std::string code : {"de", "D", "DEU", "D1", ""}) {
    request.set_country_code(code);
    EXPECT_EQ(refused_field(request), "country_code") << code;
    v1::GetCountryRequest get;
    get.set_country_code(code);
    EXPECT_EQ(refused_field(get), "country_code") << code;
  }
  v1::FindPlacesRequest find;
  find.set_country_code("");
  EXPECT_EQ(refused_field(find), "") << "it need not name one";
  find.set_country_code("de");
  EXPECT_EQ(refused_field(find), "country_code");
}

TEST(Requests, AskForAThousandPlacesAtMost) {
  v1::ListPlacesRequest request;
  request.set_page_size(1000);
  EXPECT_EQ(refused_field(request), "");
  request.set_page_size(1001);
  EXPECT_EQ(refused_field(request), "page_size");
  v1::FindNearestRequest nearest = around(0, 0);
  nearest.set_page_size(101);
  EXPECT_EQ(refused_field(nearest), "page_size");
}

TEST(Requests, NameALanguageByATagOrALocale) {
  v1::ListCountriesRequest request;
  for (const std::string tag : {"", "de", "pt-BR", "sr@latin", "zh-Hant-TW"}) {
    request.set_language(tag);
    EXPECT_EQ(refused_field(request), "") << tag;
  }
  for (const std::string tag : {"de DE", "dé", "a-very-long-language", "de\n"}) {
    request.set_language(tag);
    EXPECT_EQ(refused_field(request), "language") << tag;
  }
}

}  // namespace
}  // namespace mt::sys_timespace
