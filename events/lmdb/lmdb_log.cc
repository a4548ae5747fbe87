#include "events/lmdb/lmdb_log.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "events/base/check.h"
#include "events/byte_order.h"
#include "events/lmdb/env_check.h"
#include "events/lmdb/error.h"
#include "events/lmdb/log_cursor.h"
#include "events/record_codec.h"

namespace mt {
namespace {

// A scan reads this much in one read transaction, so that it pins no pages for long.
constexpr std::size_t kScanBytes = 1 << 20;
constexpr std::size_t kScanRecords = 4096;

// At a start, all pages of an environment up to this size are checked, which takes it less than a
// second; of a larger one all but the leaves, which `events verify` checks.
constexpr std::uint64_t kWholeCheckBytes = std::uint64_t{1} << 30;

// The head of a log of which nothing can be read. Not 0, so that whoever asks for its end is told.
constexpr std::uint64_t kUnknownEnd = 1;

constexpr const char* kAdvice = "; restore the events folder from a backup";

Error damaged_pages(const std::filesystem::path& folder, const PageReport& pages) {
  std::string what = "the environment in " + folder.string() + " is damaged: ";
  what += to_string(pages.faults.front());
  if (pages.fault_count > 1) what += ", and " + std::to_string(pages.fault_count - 1) + " more";
  return data_loss(what + kAdvice);
}

// "data/archive" of "data/events".
std::filesystem::path archive_beside(const std::filesystem::path& folder) {
  const auto name = folder.has_filename() ? folder : folder.parent_path();
  return name.parent_path() / "archive";
}

Error missing_record(const ModuleName& module, Position position) {
  return damaged_record(module, position, "it is missing");
}

// Records as they are stored, copied out of one read transaction.
struct Piece {
  struct Stored {
    Position first;
    std::size_t end;  // of its bytes; they begin where those of the one before end
  };
  std::vector<Stored> records;
  std::string bytes;

  void add(const LogCursor& cursor) {
    bytes.append(cursor.bytes());
    records.push_back({cursor.first(), bytes.size()});
  }
  bool is_full() const { return bytes.size() >= kScanBytes || records.size() >= kScanRecords; }
};

// From the record that holds `from`. `previous`, the hash before it, is found when it is not known.
Result<Piece> read_piece(LogCursor cursor, Position from, std::optional<Hash>& previous,
                         const std::function<Result<Hash>(LogCursor&)>& hash_before) {
  Piece piece;
  MT_TRY(bool is_there, cursor.seek(from));
  if (is_there && !previous) {
    const Position start = cursor.first();
    MT_TRY(previous, hash_before(cursor));
    MT_TRY(is_there, cursor.seek(start));
  }
  while (is_there && !piece.is_full()) {
    piece.add(cursor);
    MT_TRY(is_there, cursor.next());
  }
  return piece;
}

}  // namespace

Result<std::unique_ptr<LmdbLog>> LmdbLog::open_environment(const std::filesystem::path& folder,
                                                           const LmdbOptions& options) {
  MT_CHECK_OK(check_before_open(folder));
  MT_TRY(std::shared_ptr<LmdbEnv> env, LmdbEnv::open(folder, options));
  const bool is_short = used_bytes(*env) <= kWholeCheckBytes;
  MT_TRY(const PageReport pages,
         check_env(*env, is_short ? PageDepth::kWhole : PageDepth::kWithoutLeaves));
  if (pages.fault_count > 0) return damaged_pages(folder, pages);
  std::unique_ptr<LmdbLog> log(new LmdbLog(std::move(env), archive_beside(folder)));
  if (!options.read_only) MT_CHECK_OK(log->read_names());
  return log;
}

Result<std::unique_ptr<const LmdbLog>> LmdbLog::open_to_read(const std::filesystem::path& folder) {
  LmdbOptions options;
  options.read_only = true;
  MT_CHECK_OK(check_before_open(folder));
  MT_TRY(std::shared_ptr<LmdbEnv> env, LmdbEnv::open(folder, options));
  MT_TRY(const PageReport pages, check_env(*env, PageDepth::kWhole));
  // What is damaged is some logs' alone, or nothing can be read.
  if (!std::ranges::all_of(pages.faults, is_log, &PageFault::database)) {
    return damaged_pages(folder, pages);
  }
  std::unique_ptr<LmdbLog> log(new LmdbLog(std::move(env), archive_beside(folder)));
  MT_CHECK_OK(log->open_all(pages));
  return std::unique_ptr<const LmdbLog>(std::move(log));
}

Result<void> LmdbLog::read_names() {
  MT_TRY(const LogsFound found, find_logs(*env_));
  const auto strange = strange_logs(found);
  if (!strange.empty()) return data_loss(strange.begin()->second);
  names_ = found.databases;
  if (found.written || names_.empty()) return {};
  return write_log_names(*env_, names_);
}

Result<void> LmdbLog::open_all(const PageReport& pages) {
  MT_TRY(const LogsFound found, find_logs(*env_));
  for (const ModuleName& module : found.databases) MT_CHECK_OK(open_one(module, pages));
  for (const auto& [module, why] : strange_logs(found)) {
    logs_[module].damage = why;
    logs_[module].head = kUnknownEnd;
  }
  MT_TRY(const LmdbTxn txn, begin_txn(*env_, MDB_RDONLY));
  for (auto& [module, log] : logs_) {
    if (!log.damage.empty()) continue;
    MT_CHECK_OK(learn_sealed(module, log));
    const Result<void> read = read_end(txn.get(), module, log);
    if (read) continue;
    if (read.error().code != Code::kDataLoss) return read.error();
    // What stands before is read, up to the last record, which is met then.
    MT_TRY(LogCursor cursor, LogCursor::in(txn.get(), log.database, module));
    MT_CHECK_OK(cursor.last());
    log.head = cursor.first().value;
    if (log.head > 0) continue;
    log.damage = read.error().message;
    log.head = kUnknownEnd;
  }
  return {};
}

Result<void> LmdbLog::open_one(const ModuleName& module, const PageReport& pages) {
  ModuleLog& log = logs_[module];
  const std::string name = database_of(module);
  const auto fault = std::ranges::find(pages.faults, name, &PageFault::database);
  if (fault == pages.faults.end()) {
    MT_TRY(log.database, env_->open_database(name));
    return {};
  }
  log.damage = to_string(*fault) + kAdvice;
  log.head = kUnknownEnd;
  return {};
}

Result<void> LmdbLog::open(const ModuleName& module) {
  if (!names_.contains(module)) MT_CHECK_OK(write_log_names(*env_, {module}));
  names_.insert(module);
  MT_TRY(const MDB_dbi database, env_->open_database(database_of(module)));
  ModuleLog found;
  found.database = database;
  MT_CHECK_OK(learn_sealed(module, found));
  {
    MT_TRY(const LmdbTxn txn, begin_txn(*env_, MDB_RDONLY));
    MT_CHECK_OK(read_end(txn.get(), module, found));
  }
  ModuleLog& log = logs_[module];
  log.database = database;
  log.head = found.head.load();
  log.hash = found.hash;
  MT_CHECK_OK(learn_sealed(module, log));
  report_missing_files(module);
  return {};
}

Result<void> LmdbLog::read_end(MDB_txn* txn, const ModuleName& module, ModuleLog& log) const {
  MT_TRY(LogCursor cursor, LogCursor::in(txn, log.database, module));
  MT_TRY(const bool has_records, cursor.last());
  if (!has_records) return {};
  const Position first = cursor.first();
  const std::string_view bytes = cursor.bytes();
  MT_TRY(const Hash previous, hash_before(module, log, cursor));
  MT_TRY(const CommitRecord record, decode_record(module, first, bytes, previous));
  log.head = record.last().value;
  log.hash = record.hash;
  return {};
}

Result<void> LmdbLog::append(std::span<const LogAppend> batch) {
  if (!failure_.empty()) return unavailable(failure_);
  Result<void> outcome = put_all(batch);
  if (!outcome) {
    failure_ = outcome.error().message;
    return outcome;
  }
  const std::lock_guard lock(heads_mutex_);
  for (const LogAppend& append : batch) {
    ModuleLog& log = logs_.at(append.module);
    log.hash = append.record->hash;
    log.head.store(append.record->last().value, std::memory_order_release);
  }
  return {};
}

Result<void> LmdbLog::put_all(std::span<const LogAppend> batch) {
  MT_TRY(LmdbTxn txn, begin_txn(*env_, 0));
  env_->grow_ahead();
  // The chain's end as this transaction has it; a module may have several records in the batch.
  std::map<const ModuleLog*, std::pair<Position, Hash>> ends;
  for (const LogAppend& append : batch) {
    const auto opened = logs_.find(append.module);
    check(opened != logs_.end(), "a module's log is opened before it is appended to");
    const ModuleLog& log = opened->second;
    auto& [head, hash] =
        ends.try_emplace(&log, Position{log.head.load(std::memory_order_relaxed)}, log.hash)
            .first->second;
    CommitRecord& record = *append.record;
    check(record.first == head + 1, "a record follows the head without a gap");
    const std::string encoded = append.stored.empty() ? encode_record(record, hash) : std::string();
    const std::string_view bytes = append.stored.empty() ? encoded : append.stored;
    const std::string position = u64_bytes(record.first.value);
    MDB_val key = to_val(position);
    MDB_val value = to_val(bytes);
    const int code = mdb_put(txn.get(), log.database, &key, &value, MDB_APPEND);
    if (code != 0) return from_lmdb(code, "append to " + append.module.value + "'s log");
    head = record.last();
    hash = record.hash;
  }
  const int code = mdb_txn_commit(txn.release());
  if (code != 0) return from_lmdb(code, "flush the log in " + env_->folder());
  return {};
}

Result<const LmdbLog::ModuleLog*> LmdbLog::find(const ModuleName& module) const {
  const auto found = logs_.find(module);
  if (found == logs_.end()) return not_found("no log of module " + module.value + " is open");
  if (!found->second.damage.empty()) return data_loss(found->second.damage);
  return &found->second;
}

std::vector<ModuleName> LmdbLog::modules() const {
  std::vector<ModuleName> names;
  for (const auto& [name, log] : logs_) names.push_back(name);
  return names;
}

Position LmdbLog::head(const ModuleName& module) const {
  const auto found = logs_.find(module);
  if (found == logs_.end()) return {};
  return {found->second.head.load(std::memory_order_acquire)};
}

std::vector<LogHead> LmdbLog::heads() const {
  const std::lock_guard lock(heads_mutex_);
  std::vector<LogHead> heads;
  for (const auto& [module, log] : logs_) heads.push_back({module, {log.head.load()}});
  return heads;
}

Result<void> LmdbLog::scan(const ModuleName& module, Position from,
                           const RecordVisitor& visit) const {
  return scan_stored(module, from, [&visit](const CommitRecord& record, std::string_view) {
    return visit(record);
  });
}

Result<void> LmdbLog::scan_stored(const ModuleName& module, Position from,
                                  const StoredVisitor& visit) const {
  MT_TRY(const ModuleLog* log, find(module));
  const Position head{log->head.load(std::memory_order_acquire)};
  from = std::max(from, Position{1});
  std::optional<Hash> previous;  // the chain's hash before `from`
  CommitRecord record;
  const auto before = [&](LogCursor& cursor) { return hash_before(module, *log, cursor); };
  while (from <= head) {
    if (const SealedPtr sealed = sealed_at(*log, from)) {
      MT_TRY(const Scan next, sealed->scan(from, visit));
      if (next == Scan::kStop) return {};
      from = sealed->last() + 1;
      previous = sealed->hash();
      continue;
    }
    const bool begins = !previous;
    MT_TRY(LogCursor cursor, LogCursor::open(*env_, log->database, module));
    MT_TRY(const Piece piece, read_piece(std::move(cursor), from, previous, before));
    if (piece.records.empty()) {
      MT_CHECK_OK(learn_sealed(module, *log));
      if (sealed_at(*log, from) == nullptr) return missing_record(module, from);
      continue;
    }
    std::size_t start = 0;
    for (const auto& [first, end] : piece.records) {
      if (from > head) return {};
      const bool is_inside = begins && start == 0 && first < from;
      if (first != from && !is_inside) return missing_record(module, from);
      const std::string_view bytes = std::string_view(piece.bytes).substr(start, end - start);
      MT_CHECK_OK(decode_record(module, first, bytes, *previous, record));
      if (record.last() < from) return missing_record(module, from);
      if (visit(record, bytes) == Scan::kStop) return {};
      previous = record.hash;
      from = record.last() + 1;
      start = end;
    }
  }
  return {};
}

Result<CommitRecord> LmdbLog::at(const ModuleName& module, Position position) const {
  MT_TRY(const ModuleLog* log, find(module));
  if (position.value == 0 || position.value > log->head.load(std::memory_order_acquire)) {
    return not_found("position " + std::to_string(position.value) + " is beyond the head of " +
                     module.value + "'s log");
  }
  if (const SealedPtr sealed = sealed_at(*log, position)) return sealed->at(position);
  MT_TRY(LogCursor cursor, LogCursor::open(*env_, log->database, module));
  MT_TRY(const bool is_there, cursor.seek(position));
  if (!is_there) {
    MT_CHECK_OK(learn_sealed(module, *log));
    if (const SealedPtr sealed = sealed_at(*log, position)) return sealed->at(position);
    return missing_record(module, position);
  }
  const Position first = cursor.first();
  const std::string_view bytes = cursor.bytes();
  MT_TRY(const Hash previous, hash_before(module, *log, cursor));
  MT_TRY(CommitRecord record, decode_record(module, first, bytes, previous));
  if (record.last() < position) return missing_record(module, position);
  return record;
}

std::uint64_t LmdbLog::stored_bytes(const ModuleName& module, Position first) const {
  const auto log = find(module);
  if (!log) return 0;
  if (const SealedPtr sealed = sealed_at(**log, first)) return sealed->stored_bytes(first);
  auto cursor = LogCursor::open(*env_, (*log)->database, module);
  if (!cursor) return 0;
  const auto found = cursor->seek(first);
  if (!found || !*found || cursor->first() != first) return 0;
  return cursor->bytes().size();
}

}  // namespace mt
