#include "modules/sys_timespace/server/places.h"

#include <utility>
#include <vector>

#include "modules/sys_timespace/server/fold.h"
#include "modules/sys_timespace/server/nearest.h"

namespace mt::sys_timespace {
namespace {

constexpr std::uint32_t kDefaultNearest = 10;

v1::PlaceRow row_of(const std::string& place_id, const v1::PlaceRegistered& place) {
  v1::PlaceRow row;
  row.set_place_id(place_id);
  row.set_name(place.name());
  row.set_country_code(place.country_code());
  row.set_admin_code(place.admin_code());
  row.set_feature_code(place.feature_code());
  row.set_population(place.population());
  row.set_latitude(place.latitude());
  row.set_longitude(place.longitude());
  row.set_time_zone(place.time_zone());
  row.set_folded_name(fold(place.name()));
  return row;
}

// Hands the row's texts on; what is left of it is of no use.
void show(v1::PlaceRow& row, CountryNamer& namer, v1::Place& place) {
  place.set_country_name(namer.name_of(row.country_code()));
  place.set_allocated_place_id(row.release_place_id());
  place.set_allocated_name(row.release_name());
  place.set_allocated_country_code(row.release_country_code());
  place.set_allocated_admin_code(row.release_admin_code());
  place.set_allocated_feature_code(row.release_feature_code());
  place.set_allocated_time_zone(row.release_time_zone());
  place.set_population(row.population());
  place.set_latitude(row.latitude());
  place.set_longitude(row.longitude());
}

template <typename Response>
Response answer(Page<v1::PlaceRow> page, CountryNamer& namer) {
  Response response;
  response.mutable_places()->Reserve(static_cast<int>(page.rows.size()));
  for (v1::PlaceRow& row : page.rows) show(row, namer, *response.add_places());
  response.set_next_page_token(std::move(page.next_token));
  return response;
}

// What the search goes by; refused when that is nothing.
Result<std::string> folded_prefix(const v1::FindPlacesRequest& request) {
  std::string prefix = fold(request.name_prefix());
  if (prefix.empty() && !request.name_prefix().empty()) {
    return invalid_field("name_prefix", "has no character by which a place could be found");
  }
  if (prefix.empty() && request.country_code().empty()) {
    return invalid_field("name_prefix",
                         "is empty, and so is country_code; give one of them, or call List");
  }
  return prefix;
}

}  // namespace

void Places::apply(const v1::PlaceEvent& event, const EventMeta& meta, KvWriter& kv) {
  switch (event.event_case()) {
    case v1::PlaceEvent::kRegistered:
      rows_.put(kv, row_of(meta.stream.id, event.registered()));
      break;
    case v1::PlaceEvent::EVENT_NOT_SET:
      break;
  }
}

Result<v1::PlaceRow> Places::require(const KvReader& kv, std::string_view place_id) const {
  auto row = rows_.get(kv, place_id);
  if (!row) return not_found("place " + std::string(place_id) + " is not registered");
  return *std::move(row);
}

Result<v1::GetPlaceResponse> Places::get(const v1::GetPlaceRequest& request, const KvReader& kv,
                                         CountryNamer& namer) const {
  MT_TRY(v1::PlaceRow row, require(kv, request.place_id()));
  v1::GetPlaceResponse response;
  show(row, namer, *response.mutable_place());
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
  MT_TRY(const std::string prefix, folded_prefix(request));
  const std::string& country = request.country_code();
  const PageRequest wanted{
      request.page_size(), request.page_token(),
      query_fingerprint("sys.timespace.v1.PlaceService/Find", {prefix, country})};
  MT_TRY(auto page, country.empty()
                        ? rows_.page(kv, "by_name", Key().prefix_of_sort_text(prefix), wanted)
                        : rows_.page(kv, "by_country",
                                     Key().text(country).prefix_of_sort_text(prefix), wanted));
  // The keys hold long names in part only.
  std::erase_if(page.rows,
                [&](const v1::PlaceRow& row) { return !row.folded_name().starts_with(prefix); });
  return answer<v1::FindPlacesResponse>(std::move(page), namer);
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
    MT_TRY(v1::PlaceRow row, require(kv, near.id));
    v1::Place& place = *response.add_places();
    show(row, namer, place);
    place.set_distance_km(near.km);
  }
  return response;
}

}  // namespace mt::sys_timespace
