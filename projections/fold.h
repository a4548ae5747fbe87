// Folding: records of a log applied to a projection, in order, upcast first.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "events/event_log.h"
#include "events/kv.h"
#include "events/upcasters.h"
#include "projections/live_tables.h"
#include "projections/projection.h"

namespace mt {

// Applies the record's events after `after` to the projection. An error names module, position and
// type, and says how to try again; exceptions of `apply` become errors too.
Result<void> apply_record(const ModuleName& module, const CommitRecord& record, Position after,
                          const Upcasters* upcasters, Projection& projection, KvWriter& kv);

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

// Folds the positions from `after` + 1 to `to` into `kv`.
Result<void> fold_range(const EventLog& log, const ModuleName& module, Position after, Position to,
                        const Upcasters* upcasters, Projection& projection, KvWriter& kv,
                        FoldMeter& meter);

}  // namespace mt
