#include "modules/mod_main/module.h"

#include <memory>
#include <utility>

#include "mod/main/v1/notices.pb.h"
#include "modules/mod_main/server/notice.h"
#include "modules/mod_main/server/notices.h"

namespace mt::mod_main {
namespace {

v1::Config defaults() {
  v1::Config config;
  config.set_page_size(kDefaultPageSize);
  config.mutable_commands()->set_remember_hours(kRememberedHours);
  return config;
}

}  // namespace

Module mod_main() {
  Module module("mod_main", "0.1.0", defaults());
  module.entity<Notice>();
  const auto notices = module.projection<Notices>();
  module.serve("mod.main.v1.NoticeService", [notices](Api& api, const Deps& deps) -> Result<void> {
    MT_CHECK_OK(api.entity<Notice>());
    const auto page_size = deps.config_as<v1::Config>().page_size();
    MT_CHECK_OK(
        api.query("ListNotices", [=](const v1::ListNoticesRequest& request, const Query& query) {
          return notices->list(request, query.tables, page_size);
        }));
    return api.live_query<v1::WatchNoticesResponse>(
        "WatchNotices",
        [=](const v1::WatchNoticesRequest& request, const CallContext&)
            -> Result<LiveRows<v1::NoticeRow>> { return notices->of_org(request.org_id()); });
  });
  return module;
}

}  // namespace mt::mod_main
