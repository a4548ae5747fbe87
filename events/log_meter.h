// LogMeter: how far the work on a module's log is, how fast it goes and how long it will take,
// told now and then. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "events/base/ids.h"

namespace mt {

struct LogProgress {
  ModuleName module;
  Position position;
  Position head;  // where the work ends
  double events_per_second = 0;
  double seconds_left = 0;
};
// Ten times a second at most. False ends the work with CANCELLED.
using OnLogProgress = std::function<bool(const LogProgress&)>;

class LogMeter {
 public:
  // From the position `from`, which is done already. `progress` outlives the meter.
  LogMeter(ModuleName module, Position from, Position head, const OnLogProgress& progress);

  // False: to be ended.
  bool at(Position position);
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  LogProgress report_;
  const Position from_;
  const OnLogProgress& progress_;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
  std::uint32_t calls_ = 0;
};

}  // namespace mt
