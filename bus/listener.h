// A subscriber or responder of the local bus, and the promise that it does not run after its
// subscription has ended.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace mt {

template <typename Function>
class Listener {
 public:
  Listener(std::string subject, Function function)
      : subject_(std::move(subject)), function_(std::move(function)) {}

  const std::string& subject() const { return subject_; }

  // Runs `use` with the function, unless the listener has ended. One thread at a time calls this.
  template <typename Use>
  bool run(Use&& use) {
    {
      const std::lock_guard lock(mutex_);
      if (ended_) return false;
      runner_ = std::this_thread::get_id();
      ++depth_;
    }
    use(function_);
    const std::lock_guard lock(mutex_);
    if (--depth_ == 0) runner_ = {};
    idle_.notify_all();
    return true;
  }

  // Waits for a run under way, unless it is this thread that runs.
  void end() {
    std::unique_lock lock(mutex_);
    ended_ = true;
    idle_.wait(lock, [this] { return depth_ == 0 || runner_ == std::this_thread::get_id(); });
  }

 private:
  const std::string subject_;
  const Function function_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::thread::id runner_;
  int depth_ = 0;
  bool ended_ = false;
};

}  // namespace mt
