#include "ops/runtime/signals.h"

#include <pthread.h>
#include <unistd.h>

#include "events/base/check.h"
#include "events/base/thread_name.h"

namespace mt {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

StopSignals::StopSignals() {
  // A caller that left, and a file at its largest, are errors of one call, not the process's end.
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  const sigset_t set = stop_signals();
  check(pthread_sigmask(SIG_BLOCK, &set, &before_) == 0, "the set of signals is valid");
  taker_ = std::thread([this] { take(); });
}

StopSignals::~StopSignals() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  pthread_kill(taker_.native_handle(), SIGTERM);
  taker_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool StopSignals::requested() const {
  const std::lock_guard lock(mutex_);
  return requested_;
}

void StopSignals::wait() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return requested_; });
}

void StopSignals::take() {
  name_this_thread("mt-signals");
  const sigset_t set = stop_signals();
  for (;;) {
    int received = 0;
    if (sigwait(&set, &received) != 0) continue;
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    if (requested_) _exit(128 + received);
    requested_ = true;
    changed_.notify_all();
  }
}

}  // namespace mt
