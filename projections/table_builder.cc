#include "projections/table_builder.h"

#include <utility>

namespace mt {

Result<void> TableBuilder::bring_level(LiveTable& table, Position applied, const OnFold& progress) {
  MT_TRY(const auto checkpoint, read_checkpoint(table));
  const bool has_failed = checkpoint && !checkpoint->failure().empty();
  if (has_failed && checkpoint->position() > 0) {
    table.set("failed", {checkpoint->position()}, checkpoint->failure());
    return {};
  }
  if (checkpoint && !has_failed && checkpoint->position() == applied.value) {
    table.set("live", applied);
    return {};
  }
  return build(table, applied, progress);
}

Result<void> TableBuilder::build(LiveTable& table, Position applied, const OnFold& progress) {
  table.set("building", {});
  MT_TRY(ParkedStreams dropped, only_dropped(table));
  FoldedTable folded(log_, table, applied, progress, std::move(dropped));
  const Result<void> outcome = folded.advance(applied);
  if (outcome) return finish(folded, table, applied);
  if (outcome.error().code == Code::kCancelled) return outcome;
  return env_.write([&](KvWriter& kv) -> Result<void> {
    stop_table(checkpoints_, kv, table, {}, outcome.error().message);
    return {};
  });
}

Result<void> TableBuilder::finish(FoldedTable& folded, LiveTable& table, Position applied) {
  MT_TRY(const FoldReport report, replace(folded, table, applied));
  folded.finish();
  // A first start has only empty ones to tell of.
  if (applied.value == 0) return {};
  logger_.info("table built", {{"table", report.table},
                               {"rows", report.rows},
                               {"position", report.position.value},
                               {"seconds", report.seconds}});
  return {};
}

Result<std::optional<Checkpoints::Checkpoint>> TableBuilder::read_checkpoint(
    const LiveTable& table) const {
  const auto kv = env_.read();
  auto checkpoint = checkpoints_.get(*kv, table.key());
  MT_CHECK_OK(kv->status());
  return checkpoint;
}

Result<ParkedStreams> TableBuilder::only_dropped(const LiveTable& table) const {
  const auto kv = env_.read();
  ParkedStreams dropped = parked_.load(*kv, table.key()).only_dropped();
  MT_CHECK_OK(kv->status());
  return dropped;
}

Result<FoldReport> TableBuilder::replace(FoldedTable& folded, LiveTable& table, Position applied) {
  MT_CHECK_OK(folded.advance_quietly(applied));
  if (folded.parked().dropped() != table.parked().dropped()) {
    return aborted("an event of table " + table.name() + " was dropped meanwhile; do it again");
  }
  const TableChanges::Replacing replacing(table.changes(), applied);
  MT_CHECK_OK(env_.write([&](KvWriter& kv) -> Result<void> {
    folded.replace(kv);
    checkpoints_.put(kv, table.key(), applied, {});
    parked_.save(kv, table.key(), folded.parked());
    return {};
  }));
  table.parked() = folded.parked();
  table.parked().set_stored();
  table.set("live", applied);
  FoldReport report;
  report.table = table.name();
  report.position = applied;
  report.rows = folded.rows();
  report.parked = folded.parked().streams().size();
  report.table_hash = report.log_hash = folded.hash();
  report.seconds = folded.seconds();
  return report;
}

}  // namespace mt
