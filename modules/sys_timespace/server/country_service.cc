#include "modules/sys_timespace/server/country.h"
#include "modules/sys_timespace/server/services.h"

namespace mt::sys_timespace {

Result<void> bind_countries(Api& api, const Deps& deps, const Tables& tables) {
  const auto answer = [&](auto read) {
    return naming_countries(deps, tables, tables.countries, read);
  };
  MT_CHECK_OK(api.entity<Country>());
  MT_CHECK_OK(api.query("Get", answer(&Countries::get)));
  return api.query("List", answer(&Countries::list));
}

}  // namespace mt::sys_timespace
