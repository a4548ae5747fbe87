#include "modules/sys_core/server/tables.h"

#include "sys/core/v1/tables.pb.h"

namespace mt::sys_core {
namespace {

namespace v1 = ::sys::core::v1;

v1::CompactTablesProgress to_proto(const CompactionProgress& progress) {
  v1::CompactTablesProgress report;
  report.set_entries(progress.entries);
  report.set_all_entries(progress.all);
  report.set_entries_per_second(progress.entries_per_second);
  report.set_seconds_left(progress.seconds_left);
  return report;
}

v1::CompactTablesProgress to_proto(const CompactionReport& done) {
  v1::CompactTablesProgress report;
  report.set_entries(done.entries);
  report.set_all_entries(done.entries);
  report.set_done(true);
  report.set_bytes_before(done.bytes_before);
  report.set_bytes_after(done.bytes_after);
  report.set_changes(done.changes);
  report.set_seconds(done.seconds);
  report.set_writes_blocked_ms(done.writes_blocked_ms);
  return report;
}

Result<void> compact(const Deps& deps, ReplyStream& stream) {
  MT_TRY(const CompactionReport done,
         deps.node.compact_tables([&stream](const CompactionProgress& progress) {
           return stream.write_if_ready(to_proto(progress));
         }));
  stream.write_when_ready(to_proto(done));
  return {};
}

}  // namespace

Result<void> bind_tables(Api& api, const Deps& deps) {
  return api.watch<v1::CompactTablesProgress>(
      "CompactTables", [&deps](const v1::CompactTablesRequest&, std::shared_ptr<const CallContext>,
                               ReplyStream& stream) { return compact(deps, stream); });
}

}  // namespace mt::sys_core
