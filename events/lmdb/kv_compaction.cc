// The compaction of LmdbKv: a copy is filled beside the environment while that one goes on; what is
// written meanwhile is kept and done again in the copy; with the last of it, writers wait, the two
// folders are exchanged, and all that comes later is read and written in the copy.
#include <chrono>
#include <utility>
#include <vector>

#include "events/base/log.h"
#include "events/lmdb/compacted_copy.h"
#include "events/lmdb/error.h"
#include "events/lmdb/lmdb_kv.h"

namespace mt {
namespace {

using SteadyClock = std::chrono::steady_clock;

// Changes that are kept in memory for the copy. A rebuild of a large table has more.
constexpr std::size_t kMostChanges = std::size_t{256} << 20;
// As little that writers do not notice when it is done while they wait.
constexpr std::size_t kFewChanges = 128 << 10;
constexpr int kMostRounds = 20;

double ms_since(SteadyClock::time_point start) {
  return std::chrono::duration<double, std::milli>(SteadyClock::now() - start).count();
}

}  // namespace

void LmdbKv::keep(const ChangeJournal& changes) {
  if (!kept_) return;
  changes_.append(changes);
  if (changes_.bytes() <= kMostChanges) return;
  changes_ = ChangeJournal();
  kept_ = aborted("so much is written to the tables that a copy of them falls behind; try again");
}

Result<void> LmdbKv::open_all_stores() {
  MT_TRY(const auto all, names());
  const std::lock_guard lock(writing_);
  for (const std::string& name : all) {
    MT_TRY(const StoreId ignored, open_store(name));
    (void)ignored;
  }
  return {};
}

Result<ChangeJournal> LmdbKv::take_changes() {
  const std::lock_guard lock(writing_);
  MT_CHECK_OK(kept_);
  return std::exchange(changes_, ChangeJournal());
}

Result<CompactionReport> LmdbKv::compact(const OnCompaction& progress) {
  const std::unique_lock one_at_a_time(compacting_, std::try_to_lock);
  if (!one_at_a_time) return failed_precondition("the tables are being compacted already");
  MT_CHECK_OK(open_all_stores());
  {
    const std::lock_guard lock(writing_);
    keeps_changes_ = true;
    kept_ = {};
  }
  auto report = copy_and_swap(progress);
  const std::lock_guard lock(writing_);
  keeps_changes_ = false;
  changes_ = ChangeJournal();
  return report;
}

Result<CompactionReport> LmdbKv::copy_and_swap(const OnCompaction& progress) {
  const auto start = SteadyClock::now();
  CompactionReport report;
  std::map<std::string, StoreId> stores;
  {
    const std::lock_guard lock(writing_);
    stores = stores_;
  }
  MT_TRY(CompactedCopy copy, CompactedCopy::make(folder_, options_, stores));
  MT_CHECK_OK(copy.fill(*this, progress));
  // Round by round less has come meanwhile.
  for (int round = 0; round < kMostRounds; ++round) {
    MT_TRY(const ChangeJournal changes, take_changes());
    MT_CHECK_OK(copy.repeat(changes));
    MT_CHECK_OK(copy.flush());
    report.changes += changes.size();
    if (changes.bytes() <= kFewChanges) break;
  }
  MT_CHECK_OK(swap(copy, report));
  report.entries = copy.entries();
  report.seconds = ms_since(start) / 1e3;
  Logger("lmdb").info("tables compacted", {{"bytes_before", report.bytes_before},
                                           {"bytes_after", report.bytes_after},
                                           {"seconds", report.seconds},
                                           {"writes_blocked_ms", report.writes_blocked_ms}});
  return report;
}

Result<void> LmdbKv::swap(CompactedCopy& copy, CompactionReport& report) {
  OpenedPtr old;
  const std::lock_guard lock(writing_);
  const auto start = SteadyClock::now();
  MT_CHECK_OK(kept_);
  MT_CHECK_OK(copy.repeat(changes_));
  report.changes += changes_.size();
  report.bytes_before = file_bytes(*opened()->env);
  auto made = std::make_shared<Opened>();
  MT_TRY(made->env, copy.take_place());
  report.bytes_after = file_bytes(*made->env);
  {
    const std::lock_guard readers(mutex_);
    old = std::exchange(opened_, std::move(made));
    old->idle.clear();
  }
  report.writes_blocked_ms = ms_since(start);
  return {};
}

}  // namespace mt
