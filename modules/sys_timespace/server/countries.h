// Countries: the table of countries, and the queries that read it. CountryNames has their names.
#pragma once

#include <string_view>

#include "modules/sys_timespace/server/country_names.h"
#include "modules/sys_timespace/server/v1.h"
#include "projections/projection.h"
#include "projections/table.h"

namespace mt::sys_timespace {

class Countries final : public ProjectionOf<v1::CountryEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const v1::CountryEvent& event, const EventMeta& meta, KvWriter& kv) override;

  // With its names in all languages. NOT_FOUND naming the country when there is none.
  Result<v1::GetCountryResponse> get(const v1::GetCountryRequest& request, const KvReader& kv,
                                     CountryNamer& namer) const;
  // In the order of their codes.
  Result<v1::ListCountriesResponse> list(const v1::ListCountriesRequest& request,
                                         const KvReader& kv, CountryNamer& namer) const;

 private:
  Table<v1::CountryRow> rows_{"sys_timespace_countries",
                              [](const v1::CountryRow& row) { return row.country_code(); }};
};

}  // namespace mt::sys_timespace
