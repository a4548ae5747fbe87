#include "modules/sys_timespace/server/countries.h"

#include <string>
#include <utility>

namespace mt::sys_timespace {
namespace {

v1::Country shown(const v1::CountryRow& row, CountryNamer& namer) {
  v1::Country country;
  country.set_country_code(row.country_code());
  country.set_alpha3(row.alpha3());
  country.set_numeric(row.numeric());
  country.set_name(namer.name_of(row.country_code()));
  country.set_official_name(row.official_name());
  country.set_flag(row.flag());
  return country;
}

}  // namespace

void Countries::apply(const v1::CountryEvent& event, const EventMeta& meta, KvWriter& kv) {
  switch (event.event_case()) {
    case v1::CountryEvent::kRegistered: {
      v1::CountryRow row;
      row.set_country_code(meta.stream.id);
      row.set_alpha3(event.registered().alpha3());
      row.set_numeric(event.registered().numeric());
      row.set_name(event.registered().name());
      row.set_official_name(event.registered().official_name());
      row.set_flag(event.registered().flag());
      rows_.put(kv, row);
      break;
    }
    case v1::CountryEvent::EVENT_NOT_SET:
      break;
  }
}

Result<v1::GetCountryResponse> Countries::get(const v1::GetCountryRequest& request,
                                              const KvReader& kv, CountryNamer& namer) const {
  const auto row = rows_.get(kv, request.country_code());
  if (!row) return not_found("country " + request.country_code() + " is not registered");
  v1::GetCountryResponse response;
  *response.mutable_country() = shown(*row, namer);
  auto& names = *response.mutable_country()->mutable_names();
  MT_TRY(const auto all, namer.all_of(request.country_code()));
  for (const v1::CountryNameRow& name : all) {
    names[name.language()] = name.name();
  }
  return response;
}

Result<v1::ListCountriesResponse> Countries::list(const v1::ListCountriesRequest& request,
                                                  const KvReader& kv, CountryNamer& namer) const {
  const PageRequest wanted{request.page_size(), request.page_token(),
                           query_fingerprint("sys.timespace.v1.CountryService/List", {})};
  MT_TRY(auto page, rows_.page(kv, "", "", wanted));
  v1::ListCountriesResponse response;
  for (const v1::CountryRow& row : page.rows) *response.add_countries() = shown(row, namer);
  response.set_next_page_token(std::move(page.next_token));
  return response;
}

}  // namespace mt::sys_timespace
