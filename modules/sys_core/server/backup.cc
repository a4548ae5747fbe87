#include "modules/sys_core/server/backup.h"

#include <algorithm>

#include "events/archive/archive_writer.h"
#include "events/archive/log_export.h"
#include "modules/sys_core/messages/log_reports.h"
#include "sys/core/v1/backup.pb.h"

namespace mt::sys_core {
namespace {

Result<v1::GetCutResponse> cut(const EventLog& log) {
  MT_TRY(const auto ends, cut_of(log));
  v1::GetCutResponse response;
  for (const Anchor& each : ends) {
    v1::Anchor& end = *response.add_ends();
    end.set_module(each.module.value);
    end.set_position(each.position.value);
    end.set_hash(to_hex(each.hash));
  }
  return response;
}

Error gone() { return {Code::kCancelled, "the caller has gone"}; }

// A piece is of the archive writer's size, but for a record that is larger.
Result<void> send(std::string_view bytes, ReplyStream& stream) {
  constexpr std::size_t kMost = 512 << 10;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kMost, bytes.size()))) {
    v1::ReadLogResponse piece;
    piece.set_archive(std::string(bytes.substr(0, kMost)));
    if (!stream.write_when_ready(piece)) return gone();
  }
  return {};
}

Result<void> read(const EventLog& log, const v1::ReadLogRequest& request, ReplyStream& stream) {
  ArchiveWriter writer([&stream](std::string_view bytes) { return send(bytes, stream); });
  const LogRange range{{request.from_position()}, {request.to_position()}};
  MT_TRY(const LogEnd end, export_log(log, {request.module()}, range, writer));
  return writer.finish();
}

}  // namespace

Result<void> bind_backup(Api& api, const Deps& deps) {
  MT_CHECK_OK(api.watch<v1::ReadLogResponse>(
      "ReadLog",
      [&deps](const v1::ReadLogRequest& request, std::shared_ptr<const CallContext>,
              ReplyStream& stream) { return read(deps.node.stored_log(), request, stream); }));
  return api.query("GetCut", [&deps](const v1::GetCutRequest&, const Query&) {
    return cut(deps.node.stored_log());
  });
}

}  // namespace mt::sys_core
