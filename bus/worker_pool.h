// Plain threads for handlers that may take their time, fed by a bounded queue.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace mt {

class WorkerPool {
 public:
  enum class Fate {
    kRun,      // a worker has taken it
    kDropped,  // the pool stopped before one could
  };
  // Called exactly once once accepted. Must not throw.
  using Task = std::function<void(Fate)>;

  // `name` is that of its threads, and outlives it.
  WorkerPool(const char* name, std::uint32_t threads, std::uint32_t most_waiting);
  ~WorkerPool();  // stop()

  std::size_t most_waiting() const { return most_waiting_; }

  void start();
  // False when the queue is full or the pool has stopped: the task is not taken.
  bool submit(Task task);
  // Lets running tasks end, drops the waiting ones.
  void stop();

 private:
  void work();

  const char* const name_;
  const std::uint32_t threads_;
  const std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> waiting_;
  bool stopped_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace mt
