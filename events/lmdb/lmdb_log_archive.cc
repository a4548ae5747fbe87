// What LmdbLog reads from sealed files, and how its environment's records become theirs.
#include <utility>

#include "events/archive/segment_file.h"
#include "events/base/log.h"
#include "events/lmdb/error.h"
#include "events/lmdb/lmdb_log.h"
#include "events/lmdb/log_cursor.h"

namespace mt {
namespace {

// As much as one transaction removes: the writer waits for it.
constexpr std::uint64_t kDropRecords = 2'000;
constexpr std::size_t kDropBytes = 2 << 20;

}  // namespace

std::filesystem::path LmdbLog::folder(const ModuleName& module) const {
  return archive_ / module.value;
}

Result<void> LmdbLog::learn_sealed(const ModuleName& module, const ModuleLog& log) const {
  const std::lock_guard lock(sealed_mutex_);
  MT_TRY(std::vector<Segment> segments, catalogue_.read(module));
  if (segments.empty()) return {};
  if (log.sealed != nullptr && log.sealed->segments() == segments) return {};
  MT_CHECK_OK(check_row(module, segments));
  log.sealed = std::make_shared<const SealedHead>(folder(module), std::move(segments));
  log.sealed_to.store(log.sealed->last().value, std::memory_order_release);
  return {};
}

LmdbLog::SealedPtr LmdbLog::sealed_of(const ModuleLog& log) const {
  const std::lock_guard lock(sealed_mutex_);
  return log.sealed;
}

LmdbLog::SealedPtr LmdbLog::sealed_at(const ModuleLog& log, Position position) const {
  if (position.value > log.sealed_to.load(std::memory_order_acquire)) return nullptr;
  return sealed_of(log);
}

Result<Hash> LmdbLog::hash_before(const ModuleName& module, const ModuleLog& log,
                                  LogCursor& cursor) const {
  const Position before{cursor.first().value - 1};
  const auto in_files = [&]() -> std::optional<Hash> {
    if (before.value == 0) return std::nullopt;
    const SealedPtr sealed = sealed_at(log, before);
    return sealed == nullptr ? std::nullopt : sealed->hash_at(before);
  };
  if (const auto hash = in_files()) return *hash;
  MT_TRY(const std::optional<Hash> there, cursor.hash_before());
  if (there) return *there;
  if (before.value == 0) return Hash{};
  MT_CHECK_OK(learn_sealed(module, log));
  return in_files().value_or(Hash{});
}

void LmdbLog::report_missing_files(const ModuleName& module) const {
  for (const Segment& segment : segments(module)) {
    const auto found = check_size(folder(module), segment);
    if (!found) Logger("events").error("sealed file lost", {{"reason", found.error().message}});
  }
}

std::vector<Segment> LmdbLog::segments(const ModuleName& module) const {
  const auto log = logs_.find(module);
  if (log == logs_.end()) return {};
  const SealedPtr sealed = sealed_of(log->second);
  return sealed == nullptr ? std::vector<Segment>() : sealed->segments();
}

Result<void> LmdbLog::check_file(const Segment& segment) const {
  return check_seal(folder(segment.module), segment);
}

Result<Position> LmdbLog::held_from(const ModuleName& module) const {
  MT_TRY(const ModuleLog* log, find(module));
  MT_TRY(LogCursor cursor, LogCursor::open(*env_, log->database, module));
  MT_TRY(const bool has_records, cursor.first_record());
  return has_records ? cursor.first() : Position{log->head.load()} + 1;
}

Result<void> LmdbLog::add(const Segment& segment) {
  MT_TRY(const ModuleLog* log, find(segment.module));
  std::vector<Segment> all = segments(segment.module);
  all.push_back(segment);
  if (const auto row = check_row(segment.module, all); !row) {
    return failed_precondition("a sealed file does not follow the ones before: " +
                               row.error().message);
  }
  {
    MT_TRY(LogCursor cursor, LogCursor::open(*env_, log->database, segment.module));
    MT_TRY(const bool has_records, cursor.last());
    if (!has_records || cursor.first() <= segment.last) {
      return failed_precondition("the last commit of a log stays in its environment");
    }
  }
  {
    const std::lock_guard lock(sealed_mutex_);
    MT_CHECK_OK(catalogue_.add(segment));
  }
  return learn_sealed(segment.module, *log);
}

Result<std::uint64_t> LmdbLog::drop_until(MDB_txn* txn, const ModuleLog& log,
                                          const ModuleName& module, std::uint64_t last) {
  MT_TRY(LogCursor cursor, LogCursor::in(txn, log.database, module));
  std::uint64_t dropped = 0;
  for (std::size_t bytes = 0; dropped < kDropRecords && bytes < kDropBytes; ++dropped) {
    MT_TRY(const bool has_records, cursor.first_record());
    if (!has_records || cursor.first().value > last) break;
    bytes += cursor.bytes().size();
    MT_CHECK_OK(cursor.remove());
  }
  return dropped;
}

Result<std::uint64_t> LmdbLog::drop_some(const ModuleName& module) {
  MT_TRY(const ModuleLog* log, find(module));
  const std::uint64_t sealed_to = log->sealed_to;
  const std::string doing = "remove sealed records from " + module.value + "'s log";
  MT_TRY(LmdbTxn txn, begin_txn(*env_, 0));
  MT_TRY(const std::uint64_t dropped, drop_until(txn.get(), *log, module, sealed_to));
  if (dropped == 0) return dropped;
  const int code = mdb_txn_commit(txn.release());
  if (code != 0) return from_lmdb(code, doing);
  return dropped;
}

}  // namespace mt
