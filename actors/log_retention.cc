#include "actors/log_retention.h"

#include <utility>

#include "events/base/log.h"
#include "events/base/thread_name.h"
#include "events/log_archive.h"

namespace mt {
namespace {

constexpr std::chrono::hours kBetween{1};
// By itself, the node works a fifth of the time at most, while it serves: after each transaction,
// and after each tenth of a second of reading and writing files.
constexpr int kQuiet = 4;
constexpr std::chrono::milliseconds kRest{400};

}  // namespace

LogRetention::LogRetention(EventLog& log, const Clock& clock, Policy policy)
    : log_(log), clock_(clock), policy_(std::move(policy)) {}

LogRetention::~LogRetention() { stop(); }

void LogRetention::start() {
  if (policy_.empty() || log_.archive() == nullptr) return;
  thread_ = std::thread([this] { run(); });
}

void LogRetention::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stopped_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

Result<ArchiveReport> LogRetention::archive(const ModuleName& module, const ArchiveWishes& wishes,
                                            const OnArchive& progress) {
  return work(module, wishes, progress, rest_as_long);
}

Result<ArchiveReport> LogRetention::work(const ModuleName& module, const ArchiveWishes& wishes,
                                         const OnArchive& progress, const ArchivePace& pace) {
  const std::unique_lock one_at_a_time(working_, std::try_to_lock);
  if (!one_at_a_time) {
    return failed_precondition("events are being archived already; try again when that has ended");
  }
  const auto go_on = [&](const ArchiveProgress& report) {
    return !is_stopping() && (!progress || progress(report));
  };
  MT_TRY(ArchiveReport report, archive_log(log_, module, wishes, go_on, pace));
  for (const Segment& made : report.made) {
    Logger("events").info("log archived", {{"module", module.value},
                                           {"first", made.first.value},
                                           {"last", made.last.value},
                                           {"bytes", made.bytes}});
  }
  return report;
}

void LogRetention::run() {
  name_this_thread("mt-retention");
  while (!is_stopping()) {
    keep_policy();
    rest(kBetween);
  }
}

void LogRetention::keep_policy() {
  for (const auto& [module, after] : policy_) {
    if (is_stopping()) return;
    const auto kept = keep(module, after);
    if (kept || is_stopping()) continue;
    // The log is whole, and the next hour comes.
    Logger("events").error("log not archived",
                           {{"module", module.value}, {"reason", kept.error().message}});
  }
}

// One file a day: not before a whole day's events are that old.
Result<void> LogRetention::keep(const ModuleName& module, std::chrono::days after) {
  ArchiveWishes wishes;
  wishes.older_than = clock_.now() - after - std::chrono::days(1);
  MT_TRY(const ArchivePlan plan, plan_archive(log_, module, wishes));
  if (plan.events() == 0 && !plan.is_unfinished()) return {};
  wishes.older_than = clock_.now() - after;
  MT_TRY(const ArchiveReport report,
         work(
             module, wishes,
             [this](const ArchiveProgress&) {
               rest(kRest);
               return true;
             },
             [this](std::chrono::nanoseconds worked) { rest(kQuiet * worked); }));
  (void)report;
  return {};
}

bool LogRetention::is_stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void LogRetention::rest(std::chrono::nanoseconds time) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, time, [this] { return stopping_; });
}

}  // namespace mt
