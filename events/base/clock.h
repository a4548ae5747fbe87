// Time comes in through the constructor: the system's clock in production, a hand-set one in tests.
#pragma once

#include <atomic>
#include <chrono>

namespace mt {

// Nanoseconds since the Unix epoch, UTC.
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Time now() const override {
    return std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
  }
};

// Stands still until it is moved. Any thread may read or move it.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : now_(start.time_since_epoch().count()) {}

  Time now() const override { return Time(std::chrono::nanoseconds(now_.load())); }
  void advance(std::chrono::nanoseconds by) { now_ += by.count(); }

 private:
  std::atomic<std::chrono::nanoseconds::rep> now_;
};

}  // namespace mt
