// Places: the table of places with the indexes by which they are found, and the queries that read
// it.
#pragma once

#include <string>
#include <string_view>

#include "modules/sys_timespace/server/country_names.h"
#include "modules/sys_timespace/server/geo_grid.h"
#include "modules/sys_timespace/server/v1.h"
#include "projections/live_rows.h"
#include "projections/projection.h"
#include "projections/table.h"

namespace mt::sys_timespace {

class Places : public ProjectionOf<v1::PlaceEvent> {
 public:
  TableBase& table() override { return rows_; }
  std::uint32_t version() const override { return 2; }
  using ProjectionOf::apply;
  void apply(const v1::PlaceEvent& event, const EventMeta& meta, KvWriter& kv) override;

  // NOT_FOUND naming the place when there is none.
  Result<v1::Place> require(const KvReader& kv, std::string_view place_id) const;

  Result<v1::GetPlaceResponse> get(const v1::GetPlaceRequest& request, const KvReader& kv,
                                   CountryNamer& namer) const;
  Result<v1::ListPlacesResponse> list(const v1::ListPlacesRequest& request, const KvReader& kv,
                                      CountryNamer& namer) const;
  // A page may hold fewer places than asked for, and another one follow, when the beginning of the
  // name is longer than what the indexes keep of names.
  Result<v1::FindPlacesResponse> find(const v1::FindPlacesRequest& request, const KvReader& kv,
                                      CountryNamer& namer) const;
  // The places that find() gives, for a live query.
  Result<LiveRows<v1::Place>> found(const v1::WatchPlacesRequest& request) const;
  Result<v1::FindNearestResponse> find_nearest(const v1::FindNearestRequest& request,
                                               const KvReader& kv, CountryNamer& namer) const;

 private:
  // By name, as fold() has it; of one name the most populous first.
  static std::string name_key(Key key, const v1::Place& place);
  static std::string point_key(const v1::Place& place);

  // A row is the place as it is answered, so that a query hands it on. What belongs to the query is
  // not set there: country_name and distance_km.
  Table<v1::Place> rows_{
      "sys_timespace_places",
      [](const v1::Place& place) { return place.place_id(); },
      {{"by_name", [](const v1::Place& place) { return name_key(Key(), place); }},
       {"by_country",
        [](const v1::Place& place) { return name_key(Key().text(place.country_code()), place); }},
       {"by_grid", point_key}}};
};

}  // namespace mt::sys_timespace
