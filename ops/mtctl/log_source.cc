#include "ops/mtctl/log_source.h"

#include <utility>

#include "modules/sys_core/messages/log_reports.h"
#include "ops/data/stored_log.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

Result<void> verify(const std::string& folder, const core::VerifyLogsRequest& request,
                    const LogSource::OnReport& on_report) {
  MT_TRY(const auto log, open_stored_log(folder));
  MT_TRY(const auto modules, sys_core::logs_named(*log, request.modules()));
  MT_TRY(const auto anchors, sys_core::anchors_in(request));
  for (const ModuleName& module : modules) {
    MT_TRY(const VerifiedLog verified,
           verify_log(*log, module, anchors, [&](const LogProgress& progress) {
             on_report(sys_core::to_proto(progress));
             return true;
           }));
    on_report(sys_core::to_proto(verified, log->head(module)));
  }
  return {};
}

}  // namespace

LogSource logs_at(Session& node) {
  LogSource source;
  source.verify = [&node](const core::VerifyLogsRequest& request,
                          const LogSource::OnReport& on_report) {
    return node.client.watch<core::LogReport>(
        "sys.core.v1.IntegrityService/VerifyLogs", request,
        [&](const core::LogReport& report) {
          on_report(report);
          return true;
        },
        node.options);
  };
  source.anchors = [&node](const core::GetAnchorsRequest& request) {
    return node.client.call<core::GetAnchorsResponse>("sys.core.v1.IntegrityService/GetAnchors",
                                                      request, node.options);
  };
  source.archives = [&node](const core::ListArchivesRequest& request) {
    return node.client.call<core::ListArchivesResponse>("sys.core.v1.ArchiveService/ListArchives",
                                                        request, node.options);
  };
  return source;
}

LogSource logs_in(std::string data_folder) {
  LogSource source;
  source.verify = [data_folder](const core::VerifyLogsRequest& request,
                                const LogSource::OnReport& on_report) {
    return verify(data_folder, request, on_report);
  };
  source.anchors =
      [data_folder](const core::GetAnchorsRequest& request) -> Result<core::GetAnchorsResponse> {
    MT_TRY(const auto log, open_stored_log(data_folder));
    return sys_core::anchors_of(*log, request, SystemClock().now());
  };
  source.archives =
      [data_folder](
          const core::ListArchivesRequest& request) -> Result<core::ListArchivesResponse> {
    MT_TRY(const auto log, open_stored_log(data_folder));
    return sys_core::archives_of(*log, request);
  };
  return source;
}

}  // namespace mt::mtctl
