// Places: the table of places with the indexes by which they are found, and the queries that read
// it.
#pragma once

#include <string>
#include <string_view>

#include "modules/sys_timespace/server/country_names.h"
#include "modules/sys_timespace/server/geo_grid.h"
#include "modules/sys_timespace/server/v1.h"
#include "projections/projection.h"
#include "projections/table.h"

namespace mt::sys_timespace {

class Places final : public ProjectionOf<v1::PlaceEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const v1::PlaceEvent& event, const EventMeta& meta, KvWriter& kv) override;

  // NOT_FOUND naming the place when there is none.
  Result<v1::PlaceRow> require(const KvReader& kv, std::string_view place_id) const;

  Result<v1::GetPlaceResponse> get(const v1::GetPlaceRequest& request, const KvReader& kv,
                                   CountryNamer& namer) const;
  Result<v1::ListPlacesResponse> list(const v1::ListPlacesRequest& request, const KvReader& kv,
                                      CountryNamer& namer) const;
  // A page may hold fewer places than asked for, and another one follow, when the beginning of the
  // name is longer than what the indexes keep of names.
  Result<v1::FindPlacesResponse> find(const v1::FindPlacesRequest& request, const KvReader& kv,
                                      CountryNamer& namer) const;
  Result<v1::FindNearestResponse> find_nearest(const v1::FindNearestRequest& request,
                                               const KvReader& kv, CountryNamer& namer) const;

 private:
  // By name; of one name the most populous first.
  static std::string name_key(Key key, const v1::PlaceRow& row) {
    return key.sort_text(row.folded_name()).u64(~row.population());
  }

  Table<v1::PlaceRow> rows_{
      "sys_timespace_places",
      [](const v1::PlaceRow& row) { return row.place_id(); },
      {{"by_name", [](const v1::PlaceRow& row) { return name_key(Key(), row); }},
       {"by_country",
        [](const v1::PlaceRow& row) { return name_key(Key().text(row.country_code()), row); }},
       {"by_grid", [](const v1::PlaceRow& row) {
          return grid_key({row.latitude(), row.longitude()});
        }}}};
};

}  // namespace mt::sys_timespace
