// CopyBuild: fills the copy of a table that does not serve by a fold of its log, and puts it in the
// place of the one that does. The fold is made by whoever wants it, in memory. What becomes too
// much for that, and what is to take the place in the end, is laid down in pieces, each a
// transaction of its own between two batches, so that nobody waits for more than a piece.
#pragma once

#include <functional>
#include <memory>

#include "events/base/log.h"
#include "projections/checkpoints.h"
#include "projections/live_table.h"
#include "projections/parked_store.h"
#include "projections/rebuild.h"
#include "projections/store_routes.h"

namespace mt {

class CopyBuild {
 public:
  struct Ports {
    KvEnv& env;
    const EventLog& log;
    const Checkpoints& checkpoints;
    const ParkedStore& parked;
    std::size_t most_bytes;  // of memory that a fold takes before it is laid down
  };
  // Has the thread that writes the tables do it, between two batches, and waits for it.
  using Change = std::function<Result<void>()>;
  using OnTablesThread = std::function<Result<void>(const Change&)>;

  // What is given outlives it. `dropped`: the events that it leaves out.
  CopyBuild(const Ports& ports, LiveTable& table, Position head, const OnFold& progress,
            ParkedStreams dropped, OnTablesThread on_tables_thread);

  // Folds up to `to`, and lays down what is more than a piece.
  Result<void> fill(Position to);
  // On the tables thread: folds the rest up to `applied` and puts the copy in its place, in one
  // transaction. ABORTED when an event was dropped since the fold began.
  Result<void> cut_over(Position applied);
  // Clears the copy that serves no more or, after an error, what was laid down. Not before readers
  // have been shown the way to the new one.
  Result<void> tidy_up();

  // All of this while others apply events, up to `applied`. `change`, on the tables thread, is to
  // cut over and to show readers the way. Tells of the table as it is then, with its hash.
  Result<FoldReport> run(const std::function<Position()>& applied, const Change& change);
  const FoldedTable& folded() const { return folded_; }
  void finish() { folded_.finish(); }

 private:
  Result<void> fold_some(Position to);
  Result<void> lay_down();
  Result<FoldReport> report() const;

  const Logger logger_{"projections"};
  const Ports& ports_;
  LiveTable& table_;
  const TableCopy& target_;
  const OnTablesThread on_tables_thread_;
  std::shared_ptr<const StoreRoutes> routes_;  // to the target
  FoldedTable folded_;
};

// What a fold from the log's start leaves out: events that were dropped. Those that are parked are
// tried again. Any thread.
Result<ParkedStreams> only_dropped(const KvEnv& env, const ParkedStore& parked,
                                   const LiveTable& table);

}  // namespace mt
