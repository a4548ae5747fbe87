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
    table.set_reached(applied);
    return {};
  }
  return build(table, applied, progress);
}

Result<void> TableBuilder::build(LiveTable& table, Position applied, const OnFold& progress) {
  table.set("building", {});
  MT_TRY(ParkedStreams dropped, only_dropped(ports_.env, ports_.parked, table));
  CopyBuild build(ports_, table, applied, progress, std::move(dropped),
                  [](const CopyBuild::Change& change) { return change(); });
  Result<void> outcome = build.fill(applied);
  if (outcome) outcome = build.cut_over(applied);
  if (outcome) {
    build.finish();
    table.bind();
    MT_CHECK_OK(build.tidy_up());
    tell_built(table, applied, build.folded().seconds());
    return {};
  }
  // No fault of the table's.
  const Code code = outcome.error().code;
  if (code == Code::kCancelled || code == Code::kResourceExhausted) return outcome;
  MT_CHECK_OK(build.tidy_up());
  return ports_.env.write([&](KvWriter& kv) -> Result<void> {
    stop_table(ports_.checkpoints, kv, table, {}, outcome.error().message);
    return {};
  });
}

void TableBuilder::tell_built(const LiveTable& table, Position applied, double seconds) {
  // A first start has only empty ones to tell of.
  if (applied.value == 0) return;
  logger_.info("table built", {{"table", table.name()},
                               {"rows", ports_.env.read()->size(table.copy().stores.front())},
                               {"position", applied.value},
                               {"seconds", seconds}});
}

Result<std::optional<Checkpoints::Checkpoint>> TableBuilder::read_checkpoint(
    const LiveTable& table) const {
  const auto kv = ports_.env.read();
  auto checkpoint = ports_.checkpoints.get(*kv, table.copy().key);
  MT_CHECK_OK(kv->status());
  return checkpoint;
}

}  // namespace mt
