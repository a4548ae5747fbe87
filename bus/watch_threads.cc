#include "bus/watch_threads.h"

#include <system_error>

#include "events/base/thread_name.h"

namespace mt {

WatchThreads::~WatchThreads() { stop(); }

bool WatchThreads::run(std::function<void()> work) {
  join_ended();
  return start(std::move(work));
}

void WatchThreads::stop() {
  {
    std::unique_lock lock(mutex_);
    stopped_ = true;
    retired_.wait(lock, [this] { return running_.empty(); });
  }
  join_ended();
}

// The lock is held until the handle is in place, so the thread cannot retire before.
bool WatchThreads::start(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (stopped_) return false;
  const auto self = running_.emplace(running_.end());
  try {
    *self = std::thread([this, self, work = std::move(work)]() mutable {
      name_this_thread("mt-watch");
      work();
      work = nullptr;
      retire(self);
    });
    return true;
  } catch (const std::system_error&) {
    running_.erase(self);
    return false;
  }
}

void WatchThreads::retire(Threads::iterator self) {
  const std::lock_guard lock(mutex_);
  ended_.splice(ended_.end(), running_, self);
  retired_.notify_all();
}

void WatchThreads::join_ended() {
  Threads ended;
  {
    const std::lock_guard lock(mutex_);
    ended.swap(ended_);
  }
  for (std::thread& thread : ended) thread.join();
}

}  // namespace mt
