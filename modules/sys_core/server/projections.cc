#include "modules/sys_core/server/projections.h"

#include <string>
#include <vector>

#include "modules/sys_core/server/progress.h"
#include "modules/sys_core/server/shown_message.h"
#include "modules/sys_core/server/status.h"
#include "projections/table_upgrades.h"

namespace mt::sys_core {
namespace {

google::protobuf::Struct shown_row(const TableBase& table, const std::string& bytes) {
  return shown_message(table.row_type(), bytes, "row");
}

v1::RowDifference to_proto(const RowDifference& one, const TableBase& table) {
  v1::RowDifference difference;
  difference.set_key(one.key);
  if (one.store > 0) {
    difference.set_index(table.indexes()[one.store - 1]);
    // An entry has no more than its key.
    if (one.before) difference.mutable_in_table();
    if (one.after) difference.mutable_in_log();
    return difference;
  }
  if (one.before) *difference.mutable_in_table() = shown_row(table, *one.before);
  if (one.after) *difference.mutable_in_log() = shown_row(table, *one.after);
  return difference;
}

v1::TableDifference to_proto(const TableDiff& diff, const TableBase& table) {
  v1::TableDifference difference;
  difference.set_missing(diff.added);
  difference.set_surplus(diff.lost);
  difference.set_different(diff.changed);
  for (const RowDifference& one : diff.first) *difference.add_first() = to_proto(one, table);
  return difference;
}

v1::ProjectionProgress to_proto(const FoldReport& report) {
  v1::ProjectionProgress progress;
  progress.set_table(report.table);
  progress.set_position(report.position.value);
  progress.set_head(report.position.value);
  progress.set_done(true);
  progress.set_equal(report.equal);
  progress.set_table_hash(to_hex(report.table_hash));
  progress.set_log_hash(to_hex(report.log_hash));
  progress.set_rows(report.rows);
  progress.set_parked(report.parked);
  progress.set_seconds(report.seconds);
  if (report.seconds > 0) {
    progress.set_events_per_second(static_cast<double>(report.position.value) / report.seconds);
  }
  return progress;
}

v1::ProjectionProgress failed(const std::string& table, const Error& why) {
  v1::ProjectionProgress progress;
  progress.set_table(table);
  progress.set_done(true);
  progress.set_failure(why.message);
  return progress;
}

// Passes progress on, and cancels the work when the caller has left. A slow caller misses some of
// it; the work waits for nobody.
OnFold report_to(ReplyStream& stream) {
  return [&stream](const FoldProgress& fold) {
    return stream.write_if_ready(sys_core::to_proto(fold));
  };
}

Result<void> rebuild(const Deps& deps, const std::string& table, ReplyStream& stream) {
  MT_TRY(const FoldReport report, deps.node.tables().rebuild(table, report_to(stream)));
  stream.write_when_ready(to_proto(report));
  return {};
}

Result<v1::ProjectionProgress> told_of(const LiveTables& tables, const std::string& name,
                                       const Result<FoldReport>& report) {
  if (!report) return failed(name, report.error());
  v1::ProjectionProgress told = to_proto(*report);
  if (report->equal) return told;
  MT_TRY(const TableBase* table, tables.table(name));
  *told.mutable_difference() = to_proto(report->diff, *table);
  return told;
}

Result<void> verify(const Deps& deps, const std::string& table, ReplyStream& stream) {
  std::vector<std::string> tables;
  for (const TableState& state : deps.node.tables().states()) {
    if (table.empty() || state.name == table) tables.push_back(state.name);
  }
  if (tables.empty()) {
    return not_found("this node has no table '" + table +
                     "'; ListProjections, or mtctl projection list, names those it has");
  }
  for (const std::string& name : tables) {
    const auto report = deps.node.tables().verify(name, report_to(stream));
    // One that cannot be compared keeps no other from it.
    if (!report && (!table.empty() || report.error().code == Code::kCancelled)) {
      return report.error();
    }
    MT_TRY(const v1::ProjectionProgress told, told_of(deps.node.tables(), name, report));
    if (!stream.write_when_ready(told)) break;
  }
  return {};
}

Result<v1::ListProjectionsResponse> list(const Deps& deps) {
  v1::ListProjectionsResponse response;
  MT_TRY(const std::vector<TableState> states, deps.node.tables().upgrades().states());
  for (const TableState& state : states) {
    *response.add_tables() = sys_core::to_proto(state, deps.node.log().head(state.module));
  }
  return response;
}

}  // namespace

v1::ProjectionProgress to_proto(const FoldProgress& fold) {
  v1::ProjectionProgress progress;
  progress.set_table(fold.what);
  progress.set_position(fold.position.value);
  progress.set_head(fold.head.value);
  progress.set_events_per_second(fold.events_per_second);
  progress.set_seconds_left(fold.seconds_left());
  return progress;
}

Result<void> bind_projections(Api& api, const Deps& deps) {
  MT_CHECK_OK(api.query("ListProjections",
                        [&deps](const v1::ListProjectionsRequest&, const Query&)
                            -> Result<v1::ListProjectionsResponse> { return list(deps); }));
  MT_CHECK_OK(api.watch<v1::ProjectionProgress>(
      "RebuildProjection",
      [&deps](const v1::RebuildProjectionRequest& request, std::shared_ptr<const CallContext>,
              ReplyStream& stream) { return rebuild(deps, request.table(), stream); }));
  return api.watch<v1::ProjectionProgress>(
      "VerifyProjections",
      [&deps](const v1::VerifyProjectionsRequest& request, std::shared_ptr<const CallContext>,
              ReplyStream& stream) { return verify(deps, request.table(), stream); });
}

}  // namespace mt::sys_core
