#include "modules/sys_core/server/upgrades.h"

#include <memory>
#include <string>

#include "modules/sys_core/server/progress.h"
#include "modules/sys_core/server/shown_message.h"
#include "projections/table_upgrades.h"
#include "sys/core/v1/upgrades.pb.h"

namespace mt::sys_core {
namespace {

namespace v1 = ::sys::core::v1;

v1::UpgradePlan to_proto(const UpgradePlan& plan) {
  v1::UpgradePlan shown;
  shown.set_table(plan.table);
  shown.set_from_version(plan.from);
  shown.set_to_version(plan.to);
  shown.set_events(plan.head.value);
  shown.set_seconds(plan.seconds);
  shown.set_bytes(plan.bytes);
  return shown;
}

v1::VersionDifference to_proto(const TableDiff& diff, const TableBase& table) {
  v1::VersionDifference difference;
  difference.set_added(diff.added);
  difference.set_changed(diff.changed);
  difference.set_lost(diff.lost);
  for (const RowDifference& one : diff.first) {
    v1::ChangedRow& row = *difference.add_first();
    row.set_key(one.key);
    if (one.before) *row.mutable_before() = shown_message(table.row_type(), *one.before, "row");
    if (one.after) *row.mutable_after() = shown_message(table.row_type(), *one.after, "row");
  }
  return difference;
}

v1::UpgradeOutcome outcome_of(const UpgradeReport& report, const UpgradeOptions& options,
                              const TableBase& table) {
  v1::UpgradeOutcome outcome;
  outcome.set_serves(report.is_serving);
  outcome.set_rehearsed(options.rehearses);
  outcome.set_refused(report.refused);
  outcome.set_position(report.position.value);
  outcome.set_rows(report.rows);
  if (!report.diff.is_empty()) *outcome.mutable_difference() = to_proto(report.diff, table);
  outcome.set_build_seconds(report.seconds);
  outcome.set_cut_over_seconds(report.cut_over_seconds);
  return outcome;
}

Result<void> upgrade(const Deps& deps, const v1::UpgradeProjectionRequest& request,
                     ReplyStream& stream) {
  const UpgradeOptions options{request.only_plan(), request.rehearse(),
                               request.accept_differences()};
  const auto on_plan = [&stream](const UpgradePlan& plan) {
    v1::UpgradeProgress told;
    *told.mutable_plan() = to_proto(plan);
    stream.write_when_ready(told);
  };
  const OnFold progress = [&stream](const FoldProgress& fold) {
    v1::UpgradeProgress told;
    *told.mutable_build() = sys_core::to_proto(fold);
    return stream.write_if_ready(told);
  };
  LiveTables& tables = deps.node.tables();
  MT_TRY(const UpgradeReport report,
         tables.upgrades().upgrade(request.table(), options, on_plan, progress));
  MT_TRY(const TableBase* table, tables.table(request.table()));
  v1::UpgradeProgress last;
  *last.mutable_plan() = to_proto(report.plan);
  if (!options.only_plan) *last.mutable_outcome() = outcome_of(report, options, *table);
  stream.write_when_ready(last);
  return {};
}

Result<v1::RollbackProjectionResponse> rollback(const Deps& deps, const std::string& table) {
  MT_TRY(const RollbackReport report, deps.node.tables().upgrades().rollback(table));
  v1::RollbackProjectionResponse response;
  response.set_table(report.table);
  response.set_from_version(report.from);
  response.set_to_version(report.to);
  response.set_position(report.position.value);
  response.set_seconds(report.seconds);
  return response;
}

}  // namespace

Result<void> bind_upgrades(Api& api, const Deps& deps) {
  MT_CHECK_OK(api.watch<v1::UpgradeProgress>(
      "UpgradeProjection",
      [&deps](const v1::UpgradeProjectionRequest& request, std::shared_ptr<const CallContext>,
              ReplyStream& stream) { return upgrade(deps, request, stream); }));
  MT_CHECK_OK(api.task("RollbackProjection", [&deps](const v1::RollbackProjectionRequest& request,
                                                     std::shared_ptr<const CallContext>) {
    return rollback(deps, request.table());
  }));
  return api.task(
      "PurgeProjection",
      [&deps](const v1::PurgeProjectionRequest& request,
              std::shared_ptr<const CallContext>) -> Result<v1::PurgeProjectionResponse> {
        MT_CHECK_OK(deps.node.tables().upgrades().purge(request.table(), request.version()));
        return v1::PurgeProjectionResponse();
      });
}

}  // namespace mt::sys_core
