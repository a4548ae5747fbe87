// A thread of its own for each watch whose handler blocks: a stream may last for hours and must not
// keep a worker from the calls. The dispatcher's limit of watches bounds their number.
#pragma once

#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

namespace mt {

class WatchThreads {
 public:
  ~WatchThreads();  // stop()

  // False when the system gives no thread, or after stop(). `work` must not throw.
  bool run(std::function<void()> work);
  // Waits for all to end.
  void stop();

 private:
  using Threads = std::list<std::thread>;
  bool start(std::function<void()> work);
  void retire(Threads::iterator self);
  void join_ended();

  std::mutex mutex_;
  std::condition_variable retired_;
  Threads running_;
  Threads ended_;  // to be joined by the next run() or by stop()
  bool stopped_ = false;
};

}  // namespace mt
