#include "modules/sys_timespace/server/place.h"
#include "modules/sys_timespace/server/services.h"

namespace mt::sys_timespace {
namespace {

Result<void> bind_watch(Api& api, const Deps& deps, const Tables& tables) {
  return api.live_query<v1::WatchPlacesResponse>(
      "Watch",
      [&deps, tables](const v1::WatchPlacesRequest& request,
                      const CallContext&) -> Result<LiveRows<v1::Place>> {
        MT_TRY(LiveRows<v1::Place> rows, tables.places->found(request));
        rows.completes = [&deps, names = tables.country_names, language = request.language()](
                             const KvReader& kv, const std::vector<v1::Place*>& places) {
          CountryNamer namer(*names, kv, language, deps.config_as<v1::Config>().default_language());
          for (v1::Place* place : places) {
            place->set_country_name(namer.name_of(place->country_code()));
          }
        };
        return rows;
      });
}

}  // namespace

Result<void> bind_places(Api& api, const Deps& deps, const Tables& tables) {
  const auto answer = [&](auto read) {
    return naming_countries(deps, tables, tables.places, read);
  };
  MT_CHECK_OK(api.entity<Place>());
  MT_CHECK_OK(api.query("Get", answer(&Places::get)));
  MT_CHECK_OK(api.query("List", answer(&Places::list)));
  MT_CHECK_OK(api.query("Find", answer(&Places::find)));
  MT_CHECK_OK(bind_watch(api, deps, tables));
  return api.query("FindNearest", answer(&Places::find_nearest));
}

}  // namespace mt::sys_timespace
