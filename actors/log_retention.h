// LogRetention: moves the cold heads of the node's logs into sealed files, when an operator asks
// for it, and by itself for modules whose configuration says after how many days: at a quiet pace,
// on a thread of its own, and one file a day at most for each module.
#pragma once

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "events/archive/log_archiving.h"
#include "events/base/clock.h"
#include "events/event_log.h"

namespace mt {

class LogRetention {
 public:
  using Policy = std::map<ModuleName, std::chrono::days>;

  // `log`: with what is personal sealed. Both outlive it.
  LogRetention(EventLog& log, const Clock& clock, Policy policy);
  ~LogRetention();  // stop()

  // Begins to keep to the policy, if there is one: now, and every hour.
  void start();
  // Ends what is under way, an operator's work too; what was moved by then stays so.
  void stop();

  // For an operator. Blocks; from any thread. FAILED_PRECONDITION while another one is at work.
  Result<ArchiveReport> archive(const ModuleName& module, const ArchiveWishes& wishes,
                                const OnArchive& progress);

 private:
  void run();
  // What the policy asks for now.
  void keep_policy();
  Result<void> keep(const ModuleName& module, std::chrono::days after);
  Result<ArchiveReport> work(const ModuleName& module, const ArchiveWishes& wishes,
                             const OnArchive& progress, const ArchivePace& pace);
  bool is_stopping() const;
  // Waits, or until it is to stop.
  void rest(std::chrono::nanoseconds time);

  EventLog& log_;
  const Clock& clock_;
  const Policy policy_;
  std::mutex working_;

  mutable std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;

  std::thread thread_;
};

}  // namespace mt
