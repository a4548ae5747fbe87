// LogTails: the end of each module's log as the writer knows it, with what the derived state has
// not seen yet. The writer thread's own.
#pragma once

#include <cstdint>
#include <map>

#include "events/derived.h"
#include "events/event_log.h"
#include "events/overlay.h"

namespace mt {

struct LogTail {
  Position head;  // of the batch that is being made
  Time last_time{};
  Overlay overlay;
  std::uint64_t met = 0;  // the batch whose view the overlay has met
};

class LogTails {
 public:
  explicit LogTails(const EventLog& log) : log_(log) {}

  // Before the first commit of a batch, which is checked against one view.
  void begin_batch() { ++batch_; }

  // The module's tail, its overlay free of what `view` holds. At its first use it is read from the
  // log; an error says why that cannot be done.
  Result<LogTail*> at(const ModuleName& module, const DerivedView& view);

 private:
  Result<LogTail> read(const ModuleName& module, const DerivedView& view) const;

  const EventLog& log_;
  std::map<ModuleName, LogTail> tails_;
  std::uint64_t batch_ = 0;
};

}  // namespace mt
