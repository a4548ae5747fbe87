// A few towns in the table of places, beside the names of one country.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "modules/sys_timespace/server/places.h"
#include "tests/fixture/folded.h"

namespace mt::sys_timespace {

struct Town {
  std::string id;
  std::string name;
  std::string country;
  std::uint64_t population = 0;
  Point at = {};
};

inline v1::PlaceEvent registered(const Town& town) {
  v1::PlaceEvent event;
  v1::PlaceRegistered& place = *event.mutable_registered();
  place.set_name(town.name);
  place.set_country_code(town.country);
  place.set_admin_code("16");
  place.set_feature_code("PPL");
  place.set_population(town.population);
  place.set_latitude(town.at.latitude);
  place.set_longitude(town.at.longitude);
  place.set_time_zone("Europe/Berlin");
  return event;
}

// The table of places beside that of Germany's names.
class Towns {
 public:
  explicit Towns(const std::vector<Town>& towns) {
    v1::CountryEvent germany;
    germany.mutable_registered()->set_name("Germany");
    v1::LocalizedName& name = *germany.mutable_registered()->add_names();
    name.set_language("fr");
    name.set_name("Allemagne");
    names_.apply("country", "DE", germany);
    for (const Town& town : towns) add(town);
  }

  void add(const Town& town) { places_.apply("place", town.id, registered(town)); }

  // One query, in the language that it asks for.
  template <typename Request, typename Response>
  Result<Response> ask(Result<Response> (Places::*read)(const Request&, const KvReader&,
                                                        CountryNamer&) const,
                       const Request& request) const {
    const auto names = names_.read();
    CountryNamer namer(names_.projection(), *names, request.language(), "en");
    return (places_.projection().*read)(request, *places_.read(), namer);
  }

  auto get(const v1::GetPlaceRequest& request) const { return ask(&Places::get, request); }
  auto list(const v1::ListPlacesRequest& request) const { return ask(&Places::list, request); }
  auto find(const v1::FindPlacesRequest& request) const { return ask(&Places::find, request); }
  auto find_nearest(const v1::FindNearestRequest& request) const {
    return ask(&Places::find_nearest, request);
  }

  // The names that a search finds.
  std::vector<std::string> found(const std::string& prefix, const std::string& country = "") const {
    v1::FindPlacesRequest request;
    request.set_name_prefix(prefix);
    request.set_country_code(country);
    const auto response = find(request);
    std::vector<std::string> names;
    for (const v1::Place& place : response->places()) names.push_back(place.name());
    return names;
  }

 private:
  test::Folded<Places> places_;
  test::Folded<CountryNames> names_;
};

// The ids of an answer's places, in its order.
template <typename Response>
std::vector<std::string> ids(const Response& response) {
  std::vector<std::string> result;
  for (const v1::Place& place : response->places()) result.push_back(place.place_id());
  return result;
}

}  // namespace mt::sys_timespace
