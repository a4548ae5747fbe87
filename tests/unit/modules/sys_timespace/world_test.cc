// The searches among all cities of the world, against looking at each: 135,233 cities find what
// made-up places do not.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "events/memory/memory_stores.h"
#include "modules/sys_timespace/server/fold.h"
#include "modules/sys_timespace/server/place.h"
#include "modules/sys_timespace/server/places.h"
#include "tests/fixture/folded.h"
#include "tests/fixture/given.h"
#include "tests/unit/modules/sys_timespace/data_set.h"

namespace mt::sys_timespace {
namespace {

using test::Given;

constexpr char kRegisterPlace[] = "sys.timespace.v1.PlaceService/RegisterPlace";

// The table of all cities, and beside it what the searches must find, found by looking at each.
class World {
 public:
  World() {
    places_.table().bind({{0}, {1}, {2}, {3}});
    const Origin origin{"system", "", "", ""};
    const CommandId command{"c"};
    DataSet("cities").each<v1::RegisterPlaceRequest>(
        kRegisterPlace, [&](const std::string& id, const v1::RegisterPlaceRequest& request) {
          v1::PlaceCommand registration;
          *registration.mutable_register_() = request;
          const StreamId stream{"place", id};
          const EventMeta meta{{all_.size() + 1}, {1}, stream, Time{}, origin, command};
          places_.apply(Given<Place>(id).when(registration).event(), meta, rows_);
          all_.push_back(
              {.id = id,
               .name = request.name(),
               .folded = fold(request.name()),
               .country = request.country_code(),
               .population = request.population(),
               .at = point_of_grid_key(grid_key({request.latitude(), request.longitude()}))});
        });
    std::sort(all_.begin(), all_.end(), [](const City& a, const City& b) {
      return std::tie(a.folded, b.population, a.id) < std::tie(b.folded, a.population, b.id);
    });
  }

  struct City {
    std::string id, name, folded, country;
    std::uint64_t population;
    Point at;
  };
  const std::vector<City>& all() const { return all_; }

  std::vector<std::string> with(const std::string& folded_prefix,
                                const std::string& country) const {
    std::vector<std::string> ids;
    for (const City& city : all_) {
      const bool is_there = country.empty() || city.country == country;
      if (is_there && city.folded.starts_with(folded_prefix)) ids.push_back(city.id);
    }
    return ids;
  }

  std::vector<std::string> nearest(const Point& centre, std::size_t count) const {
    std::vector<std::pair<double, std::string_view>> cities;
    for (const City& city : all_) {
      cities.emplace_back(distance_km(centre, city.at), city.id);
    }
    std::partial_sort(cities.begin(), cities.begin() + static_cast<std::ptrdiff_t>(count),
                      cities.end());
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < count; ++i) ids.emplace_back(cities[i].second);
    return ids;
  }

  // Every page of a query.
  template <typename Request, typename Response>
  std::vector<std::string> ask(Result<Response> (Places::*read)(const Request&, const KvReader&,
                                                                CountryNamer&) const,
                               Request request) const {
    std::vector<std::string> ids;
    const auto names = names_.read();
    while (true) {
      CountryNamer namer(names_.projection(), *names, "", "en");
      const auto response = (places_.*read)(request, rows_, namer);
      check(response.has_value(), "the query is a good one");
      for (const v1::Place& place : response->places()) ids.push_back(place.place_id());
      if constexpr (requires { request.set_page_token(""); }) {
        request.set_page_token(response->next_page_token());
        if (!response->next_page_token().empty()) continue;
      }
      return ids;
    }
  }

 private:
  // Folded in one go, as a rebuild does: a transaction a city would copy the stores each time.
  Places places_;
  MemoryStores rows_;
  test::Folded<CountryNames> names_;
  std::vector<City> all_;
};

void expect_found_as_by_brute_force(const World& world, std::mt19937_64& random) {
  std::uniform_int_distribution<std::size_t> any_city(0, world.all().size() - 1);
  for (int i = 0; i < 40; ++i) {
    const World::City& city = world.all()[any_city(random)];
    v1::FindPlacesRequest request;
    // What is typed of a name is whole letters.
    std::size_t end = std::min<std::size_t>(city.name.size(), 1 + random() % 6);
    while ((static_cast<unsigned char>(city.name[end]) & 0xc0) == 0x80) ++end;
    request.set_name_prefix(city.name.substr(0, end));
    if (i % 3 == 0) request.set_country_code(city.country);
    request.set_page_size(1000);
    const auto found = world.ask(&Places::find, request);
    ASSERT_EQ(found, world.with(fold(request.name_prefix()), request.country_code()))
        << request.ShortDebugString();
    ASSERT_NE(std::find(found.begin(), found.end(), city.id), found.end())
        << city.name << " is found by " << request.name_prefix();
  }
}

void expect_nearest_as_by_brute_force(const World& world, std::mt19937_64& random) {
  std::uniform_real_distribution<double> latitude(-90, 90);
  std::uniform_real_distribution<double> longitude(-180, 180);
  std::uniform_int_distribution<std::size_t> any_city(0, world.all().size() - 1);
  std::vector<Point> centres{{90, 0},       {-90, 0},    {-16.8, 180},
                             {-16.8, -180}, {0, 179.99}, {66, -179.9}};
  for (int i = 0; i < 12; ++i) {
    centres.push_back({latitude(random), longitude(random)});
    centres.push_back(world.all()[any_city(random)].at);
  }
  for (const Point& centre : centres) {
    v1::FindNearestRequest request;
    request.set_latitude(centre.latitude);
    request.set_longitude(centre.longitude);
    request.set_page_size(static_cast<std::uint32_t>(1 + random() % 100));
    ASSERT_EQ(world.ask(&Places::find_nearest, request), world.nearest(centre, request.page_size()))
        << request.ShortDebugString();
  }
}

TEST(Cities, AreFoundAsByLookingAtEachOfThem) {
  const World world;
  std::mt19937_64 random(2026);
  expect_found_as_by_brute_force(world, random);
  expect_nearest_as_by_brute_force(world, random);
  v1::ListPlacesRequest everything;
  everything.set_page_size(997);
  EXPECT_EQ(world.ask(&Places::list, everything), world.with("", ""));
}

}  // namespace
}  // namespace mt::sys_timespace
