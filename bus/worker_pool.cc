#include "bus/worker_pool.h"

#include "events/base/thread_name.h"

namespace mt {

WorkerPool::WorkerPool(const char* name, std::uint32_t threads, std::uint32_t most_waiting)
    : name_(name), threads_(threads), most_waiting_(most_waiting) {}

WorkerPool::~WorkerPool() { stop(); }

void WorkerPool::start() {
  for (std::uint32_t i = 0; i < threads_; ++i) workers_.emplace_back([this] { work(); });
}

bool WorkerPool::submit(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopped_ || waiting_.size() >= most_waiting_) return false;
    waiting_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

void WorkerPool::stop() {
  std::deque<Task> dropped;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
  for (Task& task : dropped) task(Fate::kDropped);
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

void WorkerPool::work() {
  name_this_thread(name_);
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopped_ || !waiting_.empty(); });
    if (stopped_) return;
    Task task = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    task(Fate::kRun);
    task = nullptr;  // what it holds is let go before the lock is taken
    lock.lock();
  }
}

}  // namespace mt
