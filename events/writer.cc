#include "events/writer.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "events/base/check.h"
#include "events/base/log.h"
#include "events/base/thread_name.h"
#include "events/commit_checks.h"
#include "events/commit_limits.h"
#include "events/log_tails.h"

namespace mt {
namespace {

// A transaction takes at most this much, so that nobody waits for a flush of everything at once.
constexpr std::size_t kBatchCommits = 4096;
constexpr std::size_t kBatchBytes = 8 << 20;

struct Waiting {
  ModuleName module;
  Commit commit;
  AppendDone done;
  Result<void> limits;  // checked on the caller's thread, answered on the writer's
};

// A commit of the batch and what became of it; answered after the flush.
struct Answer {
  AppendDone done;
  Result<Appended> result;
};

// What one transaction writes, and whom it answers.
struct Batch {
  std::vector<CommitRecord> records;
  std::vector<ModuleName> modules;  // of the records
  std::vector<Answer> answers;
  std::size_t bytes = 0;

  bool is_full() const { return answers.size() >= kBatchCommits || bytes >= kBatchBytes; }

  // Refusals too: they may rest on commits of this batch that are not in the log.
  void refuse_all(const Error& why) {
    records.clear();
    for (Answer& answer : answers) answer.result = why;
  }
};

}  // namespace

class LogWriter::Impl {
 public:
  Impl(EventLog& log, const Derived& derived, const Clock& clock, Grown grown)
      : log_(log), derived_(derived), clock_(clock), grown_(std::move(grown)), tails_(log) {
    thread_ = std::thread([this] { run(); });
  }

  void append(Waiting waiting) {
    check(!waiting.commit.events.empty(), "a commit holds at least one event");
    waiting.limits = check_limits(waiting.commit);
    {
      const std::lock_guard lock(mutex_);
      if (!stopping_) {
        inbox_.push_back(std::move(waiting));
        if (inbox_.size() == 1) arrived_.notify_one();
        return;
      }
    }
    waiting.done(unavailable("the node is stopping; try again"));
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      arrived_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }

  std::string failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

 private:
  void run() {
    name_this_thread("mt-writer");
    std::vector<Waiting> taken;
    while (take(taken)) {
      for (auto next = taken.begin(); next != taken.end();) next = write_some(next, taken.end());
      taken.clear();
    }
  }

  // All that waits; false when nothing does and nothing more will come.
  bool take(std::vector<Waiting>& into) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return stopping_ || !inbox_.empty(); });
    into.swap(inbox_);
    return !into.empty();
  }

  // Writes as much of what was taken as one transaction should hold; returns where it stopped.
  std::vector<Waiting>::iterator write_some(std::vector<Waiting>::iterator next,
                                            std::vector<Waiting>::iterator end) {
    Batch batch;
    const auto expected =
        std::min<std::size_t>(static_cast<std::size_t>(end - next), kBatchCommits);
    batch.records.reserve(expected);
    batch.answers.reserve(expected);
    {
      const std::unique_ptr<DerivedView> view = derived_.view();
      tails_.begin_batch();
      // A view that cannot be had now (too many readers) is a reason to try again, not to stop.
      const Result<void> readable = view->status();
      do {
        Result<Appended> result =
            readable ? admit(*next, *view, batch) : unavailable(readable.error().message);
        batch.answers.push_back({std::move(next->done), std::move(result)});
        ++next;
        // Once a look-up has failed, the commands that follow are judged by another view.
      } while (next != end && !batch.is_full() && (view->status() || !readable));
    }
    flush(batch);
    for (Answer& answer : batch.answers) answer.done(std::move(answer.result));
    return next;
  }

  Result<Appended> admit(Waiting& waiting, const DerivedView& view, Batch& batch) {
    if (failure_error_) return *failure_error_;
    MT_CHECK_OK(waiting.limits);
    Result<LogTail*> known_tail = tails_.at(waiting.module, view);
    MT_CHECK_OK(view.status());
    if (!known_tail) {
      fail(known_tail.error().message, batch);
      return *failure_error_;
    }
    LogTail& tail = **known_tail;
    // A clock that was set back does not turn the order of the log around.
    const Time now = std::max(clock_.now(), tail.last_time);
    Result<std::optional<Appended>> known = judge(waiting, view, tail.overlay, now);
    // A look-up that failed found nothing: neither a fact nor a refusal may rest on it.
    MT_CHECK_OK(view.status());
    MT_TRY(std::optional<Appended> first_time, std::move(known));
    if (first_time) return *std::move(first_time);
    return add_record(waiting, tail, now, batch);
  }

  // The first time's answer when the command is known; none when its commit holds.
  Result<std::optional<Appended>> judge(const Waiting& waiting, const DerivedView& view,
                                        const Overlay& overlay, Time now) const {
    const CommitChecks checks(waiting.module, log_, view, overlay);
    MT_TRY(std::optional<Appended> known, checks.known_command(waiting.commit.command, now));
    if (known) return known;
    MT_CHECK_OK(checks.check_version(waiting.commit));
    MT_CHECK_OK(checks.check_condition(waiting.commit));
    MT_CHECK_OK(checks.check_claims(waiting.commit));
    return known;
  }

  // The commit holds: it becomes the module's next record.
  static Appended add_record(Waiting& waiting, LogTail& tail, Time now, Batch& batch) {
    batch.bytes += size_of(waiting.commit);
    CommitRecord& record = batch.records.emplace_back();
    record.first = tail.head + 1;
    record.commit = std::move(waiting.commit);
    record.commit.condition.reset();
    record.time = tail.last_time = now;
    tail.head = record.last();
    tail.overlay.add(record);
    batch.modules.push_back(std::move(waiting.module));
    return {record.last(), record.last_version()};
  }

  void flush(Batch& batch) {
    if (batch.records.empty()) return;
    std::vector<LogAppend> appends;
    appends.reserve(batch.records.size());
    for (std::size_t i = 0; i < batch.records.size(); ++i) {
      appends.push_back({batch.modules[i], &batch.records[i]});
    }
    if (const Result<void> flushed = log_.append(appends); !flushed) {
      fail(flushed.error().message, batch);
      return;
    }
    grown_();
  }

  // For good: what the tails hold is no longer what the log holds.
  void fail(const std::string& why, Batch& batch) {
    failure_error_ = unavailable("the log takes no more events: " + why);
    batch.refuse_all(*failure_error_);
    Logger("events").error("writer stopped", {{"reason", why}});
    const std::lock_guard lock(mutex_);
    failure_ = failure_error_->message;
  }

  EventLog& log_;
  const Derived& derived_;
  const Clock& clock_;
  const Grown grown_;

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Waiting> inbox_;
  bool stopping_ = false;
  std::string failure_;

  // The writer thread's own.
  LogTails tails_;
  std::optional<Error> failure_error_;

  std::thread thread_;
};

LogWriter::LogWriter(EventLog& log, const Derived& derived, const Clock& clock, Grown grown)
    : impl_(std::make_unique<Impl>(log, derived, clock, std::move(grown))) {}

LogWriter::~LogWriter() { stop(); }

void LogWriter::append(ModuleName module, Commit commit, AppendDone done) {
  impl_->append({std::move(module), std::move(commit), std::move(done), {}});
}

void LogWriter::stop() { impl_->stop(); }

std::string LogWriter::failure() const { return impl_->failure(); }

}  // namespace mt
