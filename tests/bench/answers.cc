#include "tests/bench/answers.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/bench/server.h"

namespace mt::bench {
namespace {

namespace timespace = ::sys::timespace::v1;
using Request = timespace::RegisterPlaceRequest;

constexpr std::uint32_t kNearest = 5;
constexpr double kNearEnoughKm = 0.01;

void check_get(const Client& client, const Request& city) {
  timespace::GetPlaceRequest request;
  request.set_place_id(city.place_id());
  const auto place =
      must(client.call<timespace::GetPlaceResponse>("sys.timespace.v1.PlaceService/Get", request))
          .place();
  must(place.name() == city.name() && place.population() == city.population() &&
           place.latitude() == city.latitude() && place.longitude() == city.longitude(),
       "Get tells what was registered");
  must(!place.country_name().empty(), "Get tells the country's name");
}

void check_find(const Client& client, const Request& city) {
  timespace::FindPlacesRequest request;
  request.set_name_prefix(city.name());
  request.set_country_code(city.country_code());
  request.set_page_size(1000);
  const auto found = must(
      client.call<timespace::FindPlacesResponse>("sys.timespace.v1.PlaceService/Find", request));
  must(std::ranges::any_of(found.places(),
                           [&](const auto& p) { return p.place_id() == city.place_id(); }),
       "Find finds a place by its name");
}

void check_nearest(const Client& client, const std::vector<City>& cities, double latitude,
                   double longitude) {
  timespace::FindNearestRequest request;
  request.set_latitude(latitude);
  request.set_longitude(longitude);
  request.set_page_size(kNearest);
  const auto found = must(client.call<timespace::FindNearestResponse>(
      "sys.timespace.v1.PlaceService/FindNearest", request));
  std::vector<double> expected;
  for (const City& city : cities)
    expected.push_back(distance_km(latitude, longitude, city.request));
  std::ranges::partial_sort(expected, expected.begin() + kNearest);
  must(found.places_size() == static_cast<int>(kNearest), "there are as many as were asked for");
  for (int i = 0; i < found.places_size(); ++i)
    must(std::abs(found.places(i).distance_km() - expected[static_cast<std::size_t>(i)]) <
             kNearEnoughKm,
         "FindNearest finds those that are nearest");
}

}  // namespace

void check_answers(const Client& client, const std::vector<City>& cities, int rounds) {
  std::mt19937_64 random(42);
  std::uniform_real_distribution<double> latitude(-90, 90);
  std::uniform_real_distribution<double> longitude(-180, 180);
  for (int round = 0; round < rounds; ++round) {
    const Request& city = cities[random() % cities.size()].request;
    check_get(client, city);
    check_find(client, city);
    check_nearest(client, cities, city.latitude(), city.longitude());
    check_nearest(client, cities, latitude(random), longitude(random));
  }
}

}  // namespace mt::bench
