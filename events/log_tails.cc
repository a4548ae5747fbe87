#include "events/log_tails.h"

#include <utility>

namespace mt {

Result<LogTail*> LogTails::at(const ModuleName& module, const DerivedView& view) {
  auto found = tails_.find(module);
  if (found == tails_.end()) {
    MT_TRY(LogTail tail, read(module, view));
    found = tails_.emplace(module, std::move(tail)).first;
  }
  LogTail& tail = found->second;
  if (tail.met != batch_) tail.overlay.forget(view.applied(module));
  tail.met = batch_;
  return &tail;
}

// After a start the derived state may be behind the log: what it lacks goes into the overlay. The
// last record is read in any case, for its time.
Result<LogTail> LogTails::read(const ModuleName& module, const DerivedView& view) const {
  LogTail tail;
  tail.head = log_.head(module);
  const Position applied = view.applied(module);
  MT_CHECK_OK(view.status());
  MT_CHECK_OK(check_not_beyond(module, applied, tail.head));
  if (tail.head == Position{}) return tail;
  const Position from = applied < tail.head ? applied + 1 : tail.head;
  MT_CHECK_OK(log_.scan(module, from, [&](const CommitRecord& record) {
    tail.last_time = record.time;
    if (record.last() > applied) tail.overlay.add(record);
    return Scan::kGoOn;
  }));
  return tail;
}

}  // namespace mt
