#include "modules/sys_timespace/server/place.h"
#include "modules/sys_timespace/server/services.h"

namespace mt::sys_timespace {

Result<void> bind_places(Api& api, const Deps& deps, const Tables& tables) {
  const auto answer = [&](auto read) {
    return naming_countries(deps, tables, tables.places, read);
  };
  MT_CHECK_OK(api.entity<Place>());
  MT_CHECK_OK(api.query("Get", answer(&Places::get)));
  MT_CHECK_OK(api.query("List", answer(&Places::list)));
  MT_CHECK_OK(api.query("Find", answer(&Places::find)));
  return api.query("FindNearest", answer(&Places::find_nearest));
}

}  // namespace mt::sys_timespace
