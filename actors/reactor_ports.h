// What reactors work with, and within which bounds.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "actors/deliver.h"
#include "bus/bus.h"
#include "bus/dispatcher.h"
#include "events/base/clock.h"
#include "events/derived.h"
#include "events/event_log.h"
#include "events/upcasters.h"
#include "projections/live_tables.h"

namespace mt {

struct ReactorLimits {
  std::size_t window = 128;           // events of a reactor at work at once, and commands in flight
  std::size_t parked = 1'000;         // streams; with so many the reactor reads no further
  std::uint64_t mark_every = 10'000;  // events; the mark moves at least so often
  std::chrono::milliseconds mark_after{10'000};   // and at the latest after this, if it has work
  std::chrono::milliseconds poll{1'000};          // looks at its log though no hint came
  std::chrono::milliseconds first_back_off{200};  // doubles with each attempt, up to the longest
  std::chrono::milliseconds longest_back_off{60'000};
  std::chrono::milliseconds deadline{10'000};  // of a command
  std::chrono::milliseconds patience{5'000};   // at the stop, for the last mark
  // Command results are trusted for so long: modules remember commands for an hour at least. What
  // was tried longer ago is looked for in the logs before it is tried again.
  std::chrono::milliseconds remembered{1'800'000};
};

// All outlive the reactors.
struct ReactorPorts {
  const EventLog& log;
  const Derived& derived;
  LiveTables& tables;
  Dispatcher& dispatcher;
  Bus& bus;
  const Clock& clock;
  Deliver deliver;
  std::function<const Upcasters*(const ModuleName&)> upcasters;
};

// What the reactors' thread has to do next, posted from any thread. What is posted after the close
// is dropped.
class ReactorMailbox {
 public:
  using Task = std::function<void()>;
  using Instant = std::chrono::steady_clock::time_point;

  // False when it is closed.
  bool post(Task task) {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    tasks_.push_back(std::move(task));
    posted_.notify_one();
    return true;
  }
  // All that was posted; waits for something until then.
  std::deque<Task> take(Instant until) {
    std::unique_lock lock(mutex_);
    posted_.wait_until(lock, until, [this] { return !tasks_.empty(); });
    return std::exchange(tasks_, {});
  }
  void close() {
    std::deque<Task> dropped;  // ends outside the lock: a task may hold what posts
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(tasks_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<Task> tasks_;
  bool closed_ = false;
};

// How long to wait before the next attempt of the command: doubled with each, and up to a quarter
// less, by the command's id, so that many that failed at once do not come back at once.
std::chrono::milliseconds back_off(const std::string& command, std::uint32_t attempts,
                                   const ReactorLimits& limits);

// Whether a call that was answered so may succeed later without anybody's doing.
bool passes(Code code);

}  // namespace mt
