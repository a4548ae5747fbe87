#include "events/writer.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "events/base/check.h"
#include "events/base/log.h"
#include "events/commit_checks.h"
#include "events/overlay.h"

namespace mt {
namespace {

// A transaction takes at most this much, so that nobody waits for a flush of everything at once.
constexpr std::size_t kBatchCommits = 4096;
constexpr std::size_t kBatchBytes = 8 << 20;
constexpr std::size_t kMaxCommitBytes = 16 << 20;

std::size_t payload_bytes(const Commit& commit) {
  std::size_t bytes = commit.command.reply.size();
  for (const StoredEvent& event : commit.events) bytes += event.payload.size();
  return bytes;
}

struct Waiting {
  ModuleName module;
  Commit commit;
  AppendDone done;
};

// A commit of the batch and what became of it; answered after the flush.
struct Answer {
  AppendDone done;
  Result<Appended> result;
};

struct ModuleTail {
  Overlay overlay;
  Position head;  // of the batch that is being made
  Time last_time{};
};

}  // namespace

class LogWriter::Impl {
 public:
  Impl(EventLog& log, const Derived& derived, const Clock& clock, Grown grown)
      : log_(log), derived_(derived), clock_(clock), grown_(std::move(grown)) {
    thread_ = std::thread([this] { run(); });
  }

  void append(Waiting waiting) {
    check(!waiting.commit.events.empty(), "a commit holds at least one event");
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
    for (;;) {
      std::vector<Waiting> batch;
      {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return stopping_ || !inbox_.empty(); });
        if (inbox_.empty()) return;
        batch.swap(inbox_);
      }
      for (std::size_t begin = 0; begin < batch.size();) begin = write_some(batch, begin);
    }
  }

  // Writes commits of the batch from `begin` on, as many as one transaction takes; returns the end.
  std::size_t write_some(std::vector<Waiting>& batch, std::size_t begin) {
    std::vector<CommitRecord> records;
    std::vector<ModuleName> modules;
    std::vector<Answer> answers;
    std::size_t bytes = 0;
    std::size_t end = begin;
    {
      const std::unique_ptr<DerivedView> view = derived_.view();
      forgotten_.clear();
      for (; end < batch.size() && end - begin < kBatchCommits && bytes < kBatchBytes; ++end) {
        Waiting& waiting = batch[end];
        bytes += payload_bytes(waiting.commit);
        auto result = admit(waiting, *view, records, modules);
        answers.push_back({std::move(waiting.done), std::move(result)});
      }
    }
    flush(records, modules, answers);
    for (Answer& answer : answers) answer.done(std::move(answer.result));
    return end;
  }

  Result<Appended> admit(Waiting& waiting, const DerivedView& view,
                         std::vector<CommitRecord>& records, std::vector<ModuleName>& modules) {
    if (!sticky_failure_.empty()) return unavailable(sticky_failure_);
    if (payload_bytes(waiting.commit) > kMaxCommitBytes) {
      return invalid_argument("a command writes more than 16 MiB; split it");
    }
    ModuleTail& tail = tail_of(waiting.module, view);
    const CommitChecks checks(waiting.module, log_, view, tail.overlay);
    MT_TRY(std::optional<Appended> known, checks.known_command(waiting.commit.command));
    if (known) return *std::move(known);
    MT_CHECK_OK(checks.check_version(waiting.commit));
    MT_CHECK_OK(checks.check_claims(waiting.commit));

    CommitRecord record;
    record.first = tail.head + 1;
    record.commit = std::move(waiting.commit);
    // A clock that was set back does not turn the order of the log around.
    record.time = tail.last_time = std::max(clock_.now(), tail.last_time);
    tail.head = record.last();
    tail.overlay.add(record);
    const Appended appended{record.last(), record.last_version()};
    records.push_back(std::move(record));
    modules.push_back(std::move(waiting.module));
    return appended;
  }

  // The module's tail, its overlay free of what this batch's view holds.
  ModuleTail& tail_of(const ModuleName& module, const DerivedView& view) {
    const auto [at, made] = tails_.try_emplace(module);
    if (made) {
      at->second.head = log_.head(module);
      recover(module, view, at->second);
    }
    if (forgotten_.insert(module).second) at->second.overlay.forget(view.applied(module));
    return at->second;
  }

  // After a start the derived state may be behind the log: what it lacks goes into the overlay.
  void recover(const ModuleName& module, const DerivedView& view, ModuleTail& tail) {
    const Position applied = view.applied(module);
    if (tail.head.value == 0) return;
    const Position from = applied < tail.head ? applied + 1 : tail.head;
    const auto read = log_.scan(module, from, [&](const CommitRecord& record) {
      tail.last_time = record.time;
      if (record.last() > applied) tail.overlay.add(record);
      return Scan::kGoOn;
    });
    if (!read) fail(read.error().message);
  }

  void flush(std::vector<CommitRecord>& records, const std::vector<ModuleName>& modules,
             std::vector<Answer>& answers) {
    if (records.empty()) return;
    std::vector<LogAppend> appends;
    appends.reserve(records.size());
    for (std::size_t i = 0; i < records.size(); ++i) appends.push_back({modules[i], &records[i]});
    if (const Result<void> flushed = log_.append(appends); !flushed) {
      fail(flushed.error().message);
      // Refusals too may rest on commits of this batch that are not there.
      for (Answer& answer : answers) answer.result = unavailable(sticky_failure_);
      return;
    }
    grown_();
  }

  void fail(const std::string& why) {
    sticky_failure_ = "the log takes no more events: " + why;
    Logger("events").error("writer stopped", {{"reason", why}});
    const std::lock_guard lock(mutex_);
    failure_ = sticky_failure_;
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
  std::map<ModuleName, ModuleTail> tails_;
  std::set<ModuleName> forgotten_;  // modules whose overlay met this batch's view
  std::string sticky_failure_;

  std::thread thread_;
};

LogWriter::LogWriter(EventLog& log, const Derived& derived, const Clock& clock, Grown grown)
    : impl_(std::make_unique<Impl>(log, derived, clock, std::move(grown))) {}

LogWriter::~LogWriter() { stop(); }

void LogWriter::append(ModuleName module, Commit commit, AppendDone done) {
  impl_->append({std::move(module), std::move(commit), std::move(done)});
}

void LogWriter::stop() { impl_->stop(); }

std::string LogWriter::failure() const { return impl_->failure(); }

}  // namespace mt
