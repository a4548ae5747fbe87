#include "modules/sys_core/server/integrity.h"

#include <vector>

#include "modules/sys_core/messages/log_reports.h"

namespace mt::sys_core {
namespace {

Result<void> verify(const EventLog& log, const v1::VerifyLogsRequest& request,
                    ReplyStream& stream) {
  MT_TRY(const auto modules, logs_named(log, request.modules()));
  MT_TRY(const auto anchors, anchors_in(request));
  for (const ModuleName& module : modules) {
    const Position head = log.head(module);
    MT_TRY(const VerifiedLog verified,
           verify_log(log, module, anchors, [&stream](const LogProgress& progress) {
             return stream.write_if_ready(to_proto(progress));
           }));
    if (!stream.write_when_ready(to_proto(verified, head))) break;
  }
  return {};
}

}  // namespace

Result<void> bind_integrity(Api& api, const Deps& deps) {
  MT_CHECK_OK(api.watch<v1::LogReport>(
      "VerifyLogs",
      [&deps](const v1::VerifyLogsRequest& request, std::shared_ptr<const CallContext>,
              ReplyStream& stream) { return verify(deps.node.stored_log(), request, stream); }));
  return api.query("GetAnchors", [&deps](const v1::GetAnchorsRequest& request, const Query&) {
    return anchors_of(deps.node.stored_log(), request, deps.clock.now());
  });
}

}  // namespace mt::sys_core
