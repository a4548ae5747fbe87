#include "modules/sys_timespace/server/services.h"
#include "modules/sys_timespace/server/wall_clock.h"

namespace mt::sys_timespace {

Result<void> bind_time(Api& api, const Deps& deps, const Tables& tables) {
  MT_CHECK_OK(api.query("GetLocalTime",
                        [&clock = deps.clock, places = tables.places](
                            const v1::GetLocalTimeRequest& request,
                            const Query& query) -> Result<v1::GetLocalTimeResponse> {
                          MT_TRY(const v1::Place place,
                                 places->require(query.tables, request.place_id()));
                          return local_time(place, request, clock.now());
                        }));
  return api.query("ConvertTime", [](const v1::ConvertTimeRequest& request, const Query&) {
    return convert(request);
  });
}

}  // namespace mt::sys_timespace
