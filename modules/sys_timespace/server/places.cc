#include "modules/sys_timespace/server/places.h"

#include <algorithm>
#include <utility>

#include "modules/sys_timespace/server/fold.h"
#include "modules/sys_timespace/server/nearest.h"

namespace mt::sys_timespace {
namespace {

constexpr std::uint32_t kDefaultNearest = 10;

v1::Place place_of(const std::string& place_id, const v1::PlaceRegistered& registered) {
  v1::Place place;
  place.set_place_id(place_id);
  place.set_name(registered.name());
  place.set_country_code(registered.country_code());
  place.set_admin_code(registered.admin_code());
  place.set_feature_code(registered.feature_code());
  place.set_population(registered.population());
  place.set_latitude(registered.latitude());
  place.set_longitude(registered.longitude());
  place.set_time_zone(registered.time_zone());
  return place;
}

template <typename Response>
Response answer(Page<v1::Place> page, CountryNamer& namer) {
  Response response;
  for (v1::Place& row : page.rows) row.set_country_name(namer.name_of(row.country_code()));
  response.mutable_places()->Swap(&page.rows);
  response.set_next_page_token(std::move(page.next_token));
  return response;
}

// What a search goes by.
struct Sought {
  std::string name;  // its beginning, folded
  std::string index;
  std::string prefix;

  bool is_found_in(const v1::Place& place) const {
    return name.size() <= kSortTextBytes || fold(place.name()).starts_with(name);
  }
};

// Refused when there is nothing to go by.
template <typename Request>
Result<Sought> sought(const Request& request) {
  std::string name = fold(request.name_prefix());
  if (name.empty() && !request.name_prefix().empty()) {
    return invalid_field("name_prefix", "has no character by which a place could be found");
  }
  const std::string& country = request.country_code();
  if (name.empty() && country.empty()) {
    return invalid_field("name_prefix",
                         "is empty, and so is country_code; give one of them, or call List");
  }
  std::string prefix = (country.empty() ? Key() : Key().text(country)).prefix_of_sort_text(name);
  return Sought{std::move(name), country.empty() ? "by_name" : "by_country", std::move(prefix)};
}

}  // namespace

std::string Places::name_key(Key key, const v1::Place& place) {
  return key.sort_text(fold(place.name())).u64(~place.population());
}

std::string Places::point_key(const v1::Place& place) {
  return grid_key({place.latitude(), place.longitude()});
}

void Places::apply(const v1::PlaceEvent& event, const EventMeta& meta, KvWriter& kv) {
  switch (event.event_case()) {
    case v1::PlaceEvent::kRegistered:
      rows_.put(kv, place_of(meta.stream.id, event.registered()));
      break;
    case v1::PlaceEvent::EVENT_NOT_SET:
      break;
  }
}

Result<v1::Place> Places::require(const KvReader& kv, std::string_view place_id) const {
  auto row = rows_.get(kv, place_id);
  if (!row) return not_found("place " + std::string(place_id) + " is not registered");
  return *std::move(row);
}

Result<v1::GetPlaceResponse> Places::get(const v1::GetPlaceRequest& request, const KvReader& kv,
                                         CountryNamer& namer) const {
  v1::GetPlaceResponse response;
  v1::Place& place = *response.mutable_place();
  MT_TRY(place, require(kv, request.place_id()));
  place.set_country_name(namer.name_of(place.country_code()));
  return response;
}

Result<v1::ListPlacesResponse> Places::list(const v1::ListPlacesRequest& request,
                                            const KvReader& kv, CountryNamer& namer) const {
  const std::string& country = request.country_code();
  const PageRequest wanted{request.page_size(), request.page_token(),
                           query_fingerprint("sys.timespace.v1.PlaceService/List", {country})};
  MT_TRY(auto page, country.empty()
                        ? rows_.page(kv, "by_name", "", wanted)
                        : rows_.page(kv, "by_country", Key().text(country).bytes(), wanted));
  return answer<v1::ListPlacesResponse>(std::move(page), namer);
}

Result<v1::FindPlacesResponse> Places::find(const v1::FindPlacesRequest& request,
                                            const KvReader& kv, CountryNamer& namer) const {
  MT_TRY(const Sought by, sought(request));
  const PageRequest wanted{
      request.page_size(), request.page_token(),
      query_fingerprint("sys.timespace.v1.PlaceService/Find", {by.name, request.country_code()})};
  MT_TRY(auto page, rows_.page(kv, by.index, by.prefix, wanted));
  // The keys hold long names in part only.
  if (by.name.size() > kSortTextBytes) {
    const auto is_other = [&](const v1::Place& row) { return !by.is_found_in(row); };
    page.rows.erase(std::remove_if(page.rows.begin(), page.rows.end(), is_other), page.rows.end());
  }
  return answer<v1::FindPlacesResponse>(std::move(page), namer);
}

Result<LiveRows<v1::Place>> Places::found(const v1::WatchPlacesRequest& request) const {
  MT_TRY(Sought by, sought(request));
  LiveRows<v1::Place> rows(rows_, by.index, by.prefix);
  if (by.name.size() > kSortTextBytes) {
    rows.keeps = [by](const v1::Place& place) { return by.is_found_in(place); };
  }
  return rows;
}

Result<v1::FindNearestResponse> Places::find_nearest(const v1::FindNearestRequest& request,
                                                     const KvReader& kv,
                                                     CountryNamer& namer) const {
  const std::size_t count = request.page_size() > 0 ? request.page_size() : kDefaultNearest;
  const auto read_strip = [&](const Strip& strip, const VisitPlace& visit) {
    rows_.keys(kv, "by_grid", strip.from, strip.to,
               [&](std::string_view grid_key, std::string_view place_id) {
                 visit(point_of_grid_key(grid_key), place_id);
                 return Scan::kGoOn;
               });
  };
  v1::FindNearestResponse response;
  for (const Nearby& near :
       sys_timespace::find_nearest({request.latitude(), request.longitude()}, count, read_strip)) {
    v1::Place& place = *response.add_places();
    MT_TRY(place, require(kv, near.id));
    place.set_country_name(namer.name_of(place.country_code()));
    place.set_distance_km(near.km);
  }
  return response;
}

}  // namespace mt::sys_timespace
