// A log, its derived state and a writer, without the tables thread: the test says when the derived
// state follows.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <vector>

#include "events/derived_store.h"
#include "events/writer.h"
#include "tests/contract/backends.h"
#include "tests/fixture/commits.h"

namespace mt::test {

inline const ModuleName kModule{"mod_main"};
inline const ModuleName kOther{"sys_core"};

// An EventLog that fails when it is told to, as a log on a full disk does.
class FaultyLog final : public EventLog {
 public:
  explicit FaultyLog(EventLog& log) : log_(log) {}

  std::atomic<bool> is_full = false;

  Result<void> open(const ModuleName& module) override { return log_.open(module); }
  Result<void> append(std::span<const LogAppend> batch) override {
    if (is_full) return Error{Code::kResourceExhausted, "No space left on device"};
    return log_.append(batch);
  }
  std::vector<ModuleName> modules() const override { return log_.modules(); }
  Position head(const ModuleName& module) const override { return log_.head(module); }
  std::vector<LogHead> heads() const override { return log_.heads(); }
  Result<void> scan(const ModuleName& module, Position from,
                    const RecordVisitor& visit) const override {
    return log_.scan(module, from, visit);
  }
  Result<void> scan_stored(const ModuleName& module, Position from,
                           const StoredVisitor& visit) const override {
    return log_.scan_stored(module, from, visit);
  }
  Result<CommitRecord> at(const ModuleName& module, Position position) const override {
    return log_.at(module, position);
  }
  std::uint64_t stored_bytes(const ModuleName& module, Position first) const override {
    return log_.stored_bytes(module, first);
  }

 private:
  EventLog& log_;
};

// Holds the writer's thread between the flush and the answers, until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++arrived_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_for(int arrivals) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= arrivals; });
  }
  void set_open(bool open) {
    const std::lock_guard lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }
  int arrived() {
    const std::lock_guard lock(mutex_);
    return arrived_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0;
  bool open_ = true;
};

template <typename Backend>
class Writing {
 public:
  Writing() { start(); }
  ~Writing() {
    gate.set_open(true);
    writer_.reset();
  }

  EventLog& log() { return backend_.log(); }
  FaultyLog& faults() { return *faulty_; }
  LogWriter& writer() { return *writer_; }
  KvEnv& kv() { return backend_.kv(); }
  DerivedStore& derived() { return *derived_; }

  // As another process would find it.
  void restart() {
    gate.set_open(true);
    writer_.reset();
    derived_.reset();
    backend_.reopen();
    start();
  }
  void stop() { writer_->stop(); }
  // A writer over another view of the derived state.
  void write_with(const Derived& other) {
    writer_.reset();
    writer_ = std::make_unique<LogWriter>(*faulty_, other, clock, [this] { gate.pass(); });
  }

  std::future<Result<Appended>> begin(Commit commit, const ModuleName& module = kModule) {
    auto answer = std::make_shared<std::promise<Result<Appended>>>();
    auto result = answer->get_future();
    writer_->append(module, std::move(commit), [answer](Result<Appended> appended) {
      answer->set_value(std::move(appended));
    });
    return result;
  }
  Result<Appended> append(Commit commit, const ModuleName& module = kModule) {
    return begin(std::move(commit), module).get();
  }

  // Brings the derived state to the log's head.
  void follow() {
    for (const ModuleName& module : {kModule, kOther}) {
      const Position applied = derived_->view()->applied(module);
      const auto written = kv().write([&](KvWriter& kv) {
        return log().scan(module, applied + 1, [&](const CommitRecord& record) {
          derived_->apply(kv, module, record);
          return Scan::kGoOn;
        });
      });
      ASSERT_TRUE(written) << written.error().message;
    }
  }

  std::vector<CommitRecord> records(const ModuleName& module = kModule) {
    std::vector<CommitRecord> found;
    const auto scanned = log().scan(module, {1}, [&](const CommitRecord& record) {
      found.push_back(record);
      return Scan::kGoOn;
    });
    EXPECT_TRUE(scanned) << scanned.error().message;
    return found;
  }

  ManualClock clock{Time(std::chrono::seconds(1'700'000'000))};
  Gate gate;

 private:
  void start() {
    for (const ModuleName& module : {kModule, kOther}) EXPECT_TRUE(log().open(module));
    faulty_ = std::make_unique<FaultyLog>(log());
    derived_ = std::make_unique<DerivedStore>(kv());
    for (const ModuleName& module : {kModule, kOther}) EXPECT_TRUE(derived_->open(module));
    writer_ = std::make_unique<LogWriter>(*faulty_, *derived_, clock, [this] { gate.pass(); });
  }

  Backend backend_;
  std::unique_ptr<FaultyLog> faulty_;
  std::unique_ptr<DerivedStore> derived_;
  std::unique_ptr<LogWriter> writer_;
};

}  // namespace mt::test
