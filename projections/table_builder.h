// TableBuilder: gives a table the rows that a fold of its log says, in one transaction; queries see
// the old rows until then. On the thread that writes the tables environment.
#pragma once

#include <optional>

#include "events/base/log.h"
#include "projections/checkpoints.h"
#include "projections/live_table.h"
#include "projections/rebuild.h"

namespace mt {

class TableBuilder {
 public:
  TableBuilder(KvEnv& env, const EventLog& log, const Checkpoints& checkpoints,
               const ParkedStore& parked)
      : env_(env), log_(log), checkpoints_(checkpoints), parked_(parked) {}

  // At the start: a table that is not as far as the derived state is built anew. One that failed
  // stays so, unless it holds nothing yet: its log may have been restored, its program mended.
  Result<void> bring_level(LiveTable& table, Position applied, const OnFold& progress);

  // What a fold from the log's start leaves out: events that were dropped. Those that are parked
  // are tried again. Any thread.
  Result<ParkedStreams> only_dropped(const LiveTable& table) const;
  // Folds the rest up to `applied` and puts the fold in the place of the table's rows. ABORTED when
  // an event was dropped since the fold began.
  Result<FoldReport> replace(FoldedTable& folded, LiveTable& table, Position applied);

 private:
  Result<std::optional<Checkpoints::Checkpoint>> read_checkpoint(const LiveTable& table) const;
  Result<void> build(LiveTable& table, Position applied, const OnFold& progress);
  Result<void> finish(FoldedTable& folded, LiveTable& table, Position applied);

  const Logger logger_{"projections"};
  KvEnv& env_;
  const EventLog& log_;
  const Checkpoints& checkpoints_;
  const ParkedStore& parked_;
};

}  // namespace mt
