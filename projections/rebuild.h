// Replacing and checking a table by a fold of the log in memory.
#pragma once

#include <memory>
#include <utility>

#include "events/memory/memory_stores.h"
#include "projections/fold.h"
#include "projections/live_table.h"
#include "projections/parked_store.h"

namespace mt {

// A table folded aside, in memory: its stores under their own StoreIds.
class FoldedTable {
 public:
  // `parked`: what it leaves out from the first. Fixed: it parks nothing more.
  FoldedTable(const EventLog& log, LiveTable& table, Position head, const OnFold& progress,
              ParkedStreams parked)
      : log_(log),
        table_(table),
        meter_(table.name(), head, progress),
        at_first_(std::move(parked)),
        parked_(at_first_) {}

  // Folds on up to `to`.
  Result<void> advance(Position to);
  // The same without a word about it: for the tables thread, which waits for nobody.
  Result<void> advance_quietly(Position to);
  // Puts the folded rows into the table's stores in the place of what is there.
  void replace(KvWriter& kv);
  Hash hash() const;
  // From what the table's stores hold to the fold.
  TableDiff diff_from(const KvReader& table, std::size_t most) const;
  std::uint64_t rows() const { return memory_->size(table_.stores().front()); }
  const ParkedStreams& parked() const { return parked_; }
  Position position() const { return position_; }
  double seconds() const { return meter_.seconds(); }
  // The last report of its progress.
  void finish() { meter_.finish(position_); }

 private:
  Result<void> advance(Position to, FoldMeter& meter);
  void begin_again();

  const EventLog& log_;
  LiveTable& table_;
  FoldMeter meter_;
  ParkedStreams at_first_;
  ParkedStreams parked_;
  std::unique_ptr<MemoryStores> memory_ = std::make_unique<MemoryStores>();
  Position position_;
};

// A large fold leaves as much free memory behind as the table takes: the process keeps what it
// freed for its next request, which here comes perhaps in months. To be called when a FoldedTable
// is gone.
void give_back_memory();

// Compares the table with the fold of the log, at the table's own checkpoint. Both leave out what
// is parked or was dropped.
Result<FoldReport> verify_table(const KvEnv& env, const EventLog& log,
                                const Checkpoints& checkpoints, const ParkedStore& parked,
                                LiveTable& table, const OnFold& progress);

}  // namespace mt
