#include "events/log_meter.h"

#include <utility>

namespace mt {

LogMeter::LogMeter(ModuleName module, Position from, Position head, const OnLogProgress& progress)
    : report_{std::move(module), from, head}, from_(from), progress_(progress) {}

bool LogMeter::at(Position position) {
  // The clock is asked seldom: a record takes less than a microsecond.
  if (!progress_ || ++calls_ % 256 != 0) return true;
  const Clock::time_point now = Clock::now();
  if (now - last_ < std::chrono::milliseconds(100)) return true;
  last_ = now;
  report_.position = position;
  report_.events_per_second = static_cast<double>(position.value - from_.value) / seconds();
  report_.seconds_left =
      static_cast<double>(report_.head.value - position.value) / report_.events_per_second;
  return progress_(report_);
}

double LogMeter::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

}  // namespace mt
