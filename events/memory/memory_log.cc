#include "events/memory/memory_log.h"

#include <algorithm>
#include <mutex>

#include "events/base/check.h"
#include "events/record_codec.h"

namespace mt {

Result<void> MemoryLog::open(const ModuleName& module) {
  const std::lock_guard lock(mutex_);
  logs_.try_emplace(module);
  return {};
}

Result<void> MemoryLog::append(std::span<const LogAppend> batch) {
  const std::lock_guard lock(mutex_);
  for (const LogAppend& append : batch) {
    const auto opened = logs_.find(append.module);
    check(opened != logs_.end(), "a module's log is opened before it is appended to");
    ModuleLog& log = opened->second;
    CommitRecord& record = *append.record;
    check(record.first == log.head + 1, "a record follows the head without a gap");
    std::string bytes = append.stored.empty()
                            ? encode_record(record, previous_hash(log, record.first))
                            : std::string(append.stored);
    log.records.emplace_hint(log.records.end(), record.first.value,
                             Stored{std::move(bytes), record.hash});
    log.head = record.last();
  }
  return {};
}

Hash MemoryLog::previous_hash(const ModuleLog& log, Position first) {
  const auto at = log.records.lower_bound(first.value);
  return at == log.records.begin() ? Hash{} : std::prev(at)->second.hash;
}

Result<const MemoryLog::ModuleLog*> MemoryLog::find(const ModuleName& module) const {
  const auto found = logs_.find(module);
  if (found == logs_.end()) return not_found("no log of module " + module.value + " is open");
  return &found->second;
}

std::vector<ModuleName> MemoryLog::modules() const {
  const std::lock_guard lock(mutex_);
  std::vector<ModuleName> names;
  for (const auto& [name, log] : logs_) names.push_back(name);
  return names;
}

Position MemoryLog::head(const ModuleName& module) const {
  const std::lock_guard lock(mutex_);
  const auto found = logs_.find(module);
  return found == logs_.end() ? Position{} : found->second.head;
}

std::vector<LogHead> MemoryLog::heads() const {
  const std::lock_guard lock(mutex_);
  std::vector<LogHead> heads;
  for (const auto& [module, log] : logs_) heads.push_back({module, log.head});
  return heads;
}

Result<void> MemoryLog::scan(const ModuleName& module, Position from,
                             const RecordVisitor& visit) const {
  return scan_stored(module, from, [&visit](const CommitRecord& record, std::string_view) {
    return visit(record);
  });
}

Result<void> MemoryLog::scan_stored(const ModuleName& module, Position from,
                                    const StoredVisitor& visit) const {
  Position head;
  {
    const std::lock_guard lock(mutex_);
    MT_TRY(const ModuleLog* log, find(module));
    head = log->head;
  }
  from = std::max(from, Position{1});
  while (from <= head) {
    // One record a lock: the visitor may append, or take its time.
    MT_TRY(const Found found, find(module, from));
    MT_TRY(const CommitRecord record,
           decode_record(module, found.first, found.bytes, found.previous));
    if (visit(record, found.bytes) == Scan::kStop) return {};
    from = record.last() + 1;
  }
  return {};
}

Result<MemoryLog::Found> MemoryLog::find(const ModuleName& module, Position position) const {
  const std::lock_guard lock(mutex_);
  MT_TRY(const ModuleLog* log, find(module));
  auto after = log->records.upper_bound(position.value);
  if (position > log->head || after == log->records.begin()) {
    return not_found("position " + std::to_string(position.value) + " is beyond the head of " +
                     module.value + "'s log");
  }
  --after;
  const Position first{after->first};
  return Found{first, after->second.bytes, previous_hash(*log, first)};
}

Result<CommitRecord> MemoryLog::at(const ModuleName& module, Position position) const {
  MT_TRY(const Found found, find(module, position));
  return decode_record(module, found.first, found.bytes, found.previous);
}

std::uint64_t MemoryLog::stored_bytes(const ModuleName& module, Position first) const {
  const std::lock_guard lock(mutex_);
  const auto log = logs_.find(module);
  if (log == logs_.end()) return 0;
  const auto record = log->second.records.find(first.value);
  return record == log->second.records.end() ? 0 : record->second.bytes.size();
}

std::string& MemoryLog::bytes_at(const ModuleName& module, Position first) {
  return logs_.at(module).records.at(first.value).bytes;
}

}  // namespace mt
