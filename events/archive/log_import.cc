#include "events/archive/log_import.h"

#include <utility>

namespace mt {
namespace {

// A transaction of this size keeps the disk busy without holding much of it in memory.
constexpr std::size_t kBatchBytes = 4 << 20;
constexpr std::size_t kBatchRecords = 16'384;

}  // namespace

Result<void> LogImport::begin(const LogBegin& log) {
  module_ = log.module;
  const auto [there, is_new] = offered_.try_emplace(module_, LogEnd{{module_, {}, {}}, 0});
  if (is_new) {
    MT_CHECK_OK(into_.open(module_));
    ends_[module_].end.module = module_;
  }
  const Anchor& before = there->second.end;
  if (log.first != before.position + 1)
    return data_loss("the log of " + module_.value + " has a gap: a part that begins at position " +
                     std::to_string(log.first.value) + " follows position " +
                     std::to_string(before.position.value));
  if (log.previous != before.hash)
    return data_loss("the part of " + module_.value + "'s log that begins at position " +
                     std::to_string(log.first.value) +
                     " is of another history: it follows the hash " + to_hex(log.previous) +
                     ", what is there ends with " + to_hex(before.hash));
  // What was left out by a limit before stays the end.
  stopped_ = ends_[module_].end != before;
  return {};
}

bool LogImport::is_within_limits(const CommitRecord& record) const {
  const auto limit = limits_.up_to.find(module_);
  if (limit != limits_.up_to.end() && record.last() > limit->second) return false;
  return !limits_.until || record.time <= *limits_.until;
}

Result<void> LogImport::take(const CommitRecord& record, std::string_view stored) {
  if (stopped_ || !is_within_limits(record)) {
    stopped_ = true;
    return {};
  }
  taken_.push_back({record, std::string(stored)});
  taken_bytes_ += stored.size();
  if (taken_bytes_ < kBatchBytes && taken_.size() < kBatchRecords) return {};
  return flush();
}

Result<void> LogImport::flush() {
  if (taken_.empty()) return {};
  std::vector<LogAppend> batch;
  batch.reserve(taken_.size());
  for (Taken& each : taken_) batch.push_back({module_, &each.record, each.stored});
  MT_CHECK_OK(into_.append(batch));
  LogEnd& end = ends_[module_];
  const CommitRecord& last = taken_.back().record;
  end = {{module_, last.last(), last.hash}, end.records + taken_.size()};
  taken_.clear();
  taken_bytes_ = 0;
  return {};
}

Result<void> LogImport::end(const LogEnd& log) {
  LogEnd& offered = offered_[module_];
  offered = {log.end, offered.records + log.records};
  return flush();
}

}  // namespace mt
