// Checking a table by a fold of its log, and what every fold aside of a table is made of.
#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <utility>

#include "events/memory/overlay_stores.h"
#include "projections/fold.h"
#include "projections/live_table.h"
#include "projections/parked_store.h"

namespace mt {

// A table folded aside: its stores under the StoreIds that its projection is bound to. In memory,
// or over a copy into which what was folded is laid from time to time.
class FoldedTable {
 public:
  // `parked`: what it leaves out from the first. Fixed: it parks nothing more.
  FoldedTable(const EventLog& log, LiveTable& table, Position head, const OnFold& progress,
              ParkedStreams parked,
              std::size_t most_bytes = std::numeric_limits<std::size_t>::max())
      : log_(log),
        table_(table),
        most_bytes_(most_bytes),
        meter_(table.name(), head, progress),
        at_first_(std::move(parked)),
        parked_(at_first_) {}

  // Folds on up to `to`, or less far when it takes more than it may by then.
  Result<void> advance(Position to);
  // All of that, and without a word about it: for the tables thread, which waits for nobody.
  Result<void> advance_quietly(Position to);
  // Whether to go on, asked between larger steps.
  Result<void> tell() { return meter_.after_step(position_); }

  // What it takes, about.
  std::size_t bytes() const { return memory_->bytes(); }
  const OverlayStores& changes() const { return *memory_; }
  using OpenBelow = std::function<std::unique_ptr<KvReader>()>;
  // Before the changes are laid down: nothing below is read any more.
  void let_go_below() { memory_->lay_over(nullptr); }
  // What was folded has been laid down, and `open_below` shows it.
  void set_laid_down(OpenBelow open_below);
  // Whether some of it lies elsewhere. Not so when it had to begin again.
  bool is_laid_down() const { return open_below_ != nullptr; }

  Hash hash() const;
  // From what stores hold, the table's in their order, to the fold.
  TableDiff diff_from(const KvReader& table, const std::vector<StoreId>& stores,
                      std::size_t most) const;
  const ParkedStreams& parked() const { return parked_; }
  Position position() const { return position_; }
  double seconds() const { return meter_.seconds(); }
  // The last report of its progress.
  void finish() { meter_.finish(position_); }

 private:
  Result<void> advance(Position to, FoldMeter& meter, std::size_t most_bytes);
  bool is_enough(std::size_t most_bytes);
  void begin_again();

  const EventLog& log_;
  LiveTable& table_;
  const std::size_t most_bytes_;
  FoldMeter meter_;
  ParkedStreams at_first_;
  ParkedStreams parked_;
  std::unique_ptr<OverlayStores> memory_ = std::make_unique<OverlayStores>();
  OpenBelow open_below_;
  std::uint32_t records_ = 0;  // since the bytes were counted
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
