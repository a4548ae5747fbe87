// Folding: records of a log applied to a table, in order, upcast first. An event that fails parks
// its stream and the fold goes on.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "events/event_log.h"
#include "events/kv.h"
#include "projections/apply_writer.h"
#include "projections/live_table.h"
#include "projections/live_tables.h"
#include "projections/parked_streams.h"

namespace mt {

// kBeginAgain: an apply has failed after it had written, and that could not be taken back. Throw
// away what was folded since the transaction, or the fold, began, and fold again with the same
// `parked`, which keeps what is needed to take it back from then on.
enum class Folded { kAll, kBeginAgain };

// Applies one event, upcast already. What `apply` throws is an error.
Result<void> apply_newest(const StoredEvent& newest, const EventMeta& meta, Projection& projection,
                          ApplyWriter& writer);

// Where a fold puts what a table writes: `routes` lead from the stores that the table is bound to.
struct FoldTarget {
  KvWriter& kv;
  const StoreRoutes& routes = StoreRoutes::none();
};

// Applies the record's events after `after` to the table, but for those that `parked` leaves out.
// An event that fails parks its stream, unless `parked` is fixed or holds too many. An error says
// that the table can follow its log no further, and why: with module, position and type.
Result<Folded> apply_record(LiveTable& table, const CommitRecord& record, Position after,
                            ParkedStreams& parked, FoldTarget target);

// Reports the progress of long folds about ten times a second, not for each event.
class FoldMeter {
 public:
  // `progress` outlives the meter. `begin`: what was folded before.
  FoldMeter(std::string what, Position head, const OnFold& progress, Position begin = {},
            std::chrono::milliseconds interval = std::chrono::milliseconds(100));

  // After each record. CANCELLED when the caller asked to stop.
  Result<void> at(Position position);
  // The same after each of some larger step.
  Result<void> after_step(Position position);
  // The last report: all is done, up to `position`.
  void finish(Position position);
  double seconds() const;

 private:
  void move_to(Position position);

  FoldProgress report_;
  const Position begin_;
  const OnFold& progress_;
  std::chrono::milliseconds interval_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point last_ = start_;
  std::uint32_t calls_ = 0;
};

// Folds the positions behind `at`, up to `to`, into `kv`; `at` is then the last that was folded.
// Ends earlier when `is_enough`, asked after each record, says so.
Result<Folded> fold_range(const EventLog& log, LiveTable& table, Position& at, Position to,
                          ParkedStreams& parked, KvWriter& kv, FoldMeter& meter,
                          const std::function<bool()>& is_enough = {});

}  // namespace mt
