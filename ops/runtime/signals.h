// What SIGINT, SIGTERM and SIGHUP ask for: the first one an ordered stop, the second one to be gone
// at once – which loses nothing, since what was acknowledged is on the disk. Made before any other
// thread, so that no thread is interrupted; one object a process.
#pragma once

#include <signal.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace mt {

class StopSignals {
 public:
  // Blocks the signals and begins to take them on a thread of its own. SIGPIPE is ignored: a peer
  // that left is an error of that write.
  StopSignals();
  ~StopSignals();  // in the thread that made it
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  // Any thread.
  bool requested() const;
  void wait() const;

 private:
  void take();

  sigset_t before_;  // what the thread that made this had blocked
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool requested_ = false;
  bool ended_ = false;
  std::thread taker_;
};

}  // namespace mt
