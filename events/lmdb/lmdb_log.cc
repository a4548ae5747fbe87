#include "events/lmdb/lmdb_log.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "events/base/check.h"
#include "events/byte_order.h"
#include "events/lmdb/error.h"
#include "events/record_codec.h"

namespace mt {
namespace {

// A scan reads this much in one read transaction, so that it pins no pages for long.
constexpr std::size_t kScanBytes = 1 << 20;
constexpr std::size_t kScanRecords = 4096;

struct StoredRecord {
  Position first;
  std::string bytes;
};

// A cursor on one module's records, within one read transaction.
class LogCursor {
 public:
  static Result<LogCursor> open(const LmdbEnv& env, MDB_dbi database) {
    LogCursor made;
    MT_TRY(made.txn_, begin_txn(env, MDB_RDONLY));
    MT_TRY(made.cursor_, open_cursor(made.txn_.get(), database));
    return made;
  }

  // Moves to the record that holds `position`; false when there is none.
  bool seek(Position position) {
    const std::string wanted = u64_bytes(position.value);
    key_ = to_val(wanted);
    if (!move(MDB_SET_RANGE)) return move(MDB_LAST);
    return first() == position || move(MDB_PREV);
  }
  bool last() { return move(MDB_LAST); }
  bool next() { return move(MDB_NEXT); }
  bool previous() { return move(MDB_PREV); }

  Position first() const { return {read_u64(to_view(key_))}; }
  std::string_view bytes() const { return to_view(value_); }
  // What LMDB said of the last move that found nothing.
  int code() const { return code_; }

 private:
  bool move(MDB_cursor_op op) {
    code_ = mdb_cursor_get(cursor_.get(), &key_, &value_, op);
    return code_ == 0;
  }

  LmdbTxn txn_;
  LmdbCursor cursor_;
  MDB_val key_{};
  MDB_val value_{};
  int code_ = 0;
};

// The chain's hash before the record that the cursor is at; moves the cursor.
Result<Hash> hash_before(const ModuleName& module, LogCursor& cursor) {
  if (!cursor.previous()) return Hash{};
  return decode_hash(module, cursor.first(), cursor.bytes());
}

}  // namespace

Result<std::unique_ptr<LmdbLog>> LmdbLog::open_environment(const std::filesystem::path& folder,
                                                           const LmdbOptions& options) {
  MT_TRY(std::shared_ptr<LmdbEnv> env, LmdbEnv::open(folder, options));
  return std::unique_ptr<LmdbLog>(new LmdbLog(std::move(env)));
}

Result<void> LmdbLog::open(const ModuleName& module) {
  MT_TRY(const MDB_dbi database, env_->open_database(module.value + "_events"));
  ModuleLog& log = logs_[module];
  log.database = database;
  MT_TRY(LogCursor cursor, LogCursor::open(*env_, database));
  if (!cursor.last()) {
    if (cursor.code() != MDB_NOTFOUND) {
      return from_lmdb(cursor.code(), "read the end of " + module.value + "'s log");
    }
    return {};
  }
  const Position first = cursor.first();
  const std::string bytes(cursor.bytes());
  MT_TRY(const Hash previous, hash_before(module, cursor));
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
    return unavailable(failure_);
  }
  for (const LogAppend& append : batch) {
    ModuleLog& log = logs_.at(append.module);
    log.hash = append.record->hash;
    log.head.store(append.record->last().value, std::memory_order_release);
  }
  return {};
}

Result<void> LmdbLog::put_all(std::span<const LogAppend> batch) {
  MT_TRY(LmdbTxn txn, begin_txn(*env_, 0));
  // The chain's end as this transaction has it; a module may have several records in the batch.
  std::map<const ModuleLog*, std::pair<Position, Hash>> ends;
  for (const LogAppend& append : batch) {
    const ModuleLog& log = logs_.at(append.module);
    auto& [head, hash] =
        ends.try_emplace(&log, Position{log.head.load(std::memory_order_relaxed)}, log.hash)
            .first->second;
    CommitRecord& record = *append.record;
    check(record.first == head + 1, "a record follows the head without a gap");
    const std::string bytes = encode_record(record, hash);
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
  return &found->second;
}

Position LmdbLog::head(const ModuleName& module) const {
  const auto found = logs_.find(module);
  if (found == logs_.end()) return {};
  return {found->second.head.load(std::memory_order_acquire)};
}

Result<void> LmdbLog::scan(const ModuleName& module, Position from,
                           const RecordVisitor& visit) const {
  MT_TRY(const ModuleLog* log, find(module));
  const Position head{log->head.load(std::memory_order_acquire)};
  if (from.value == 0) from = {1};
  // The hash before `from` is known from the second batch on.
  bool chained = false;
  Hash previous{};
  while (from <= head) {
    std::vector<StoredRecord> records;
    {
      MT_TRY(LogCursor cursor, LogCursor::open(*env_, log->database));
      if (!cursor.seek(from)) return from_lmdb(cursor.code(), "read " + module.value + "'s log");
      if (!chained) {
        const Position start = cursor.first();
        MT_TRY(previous, hash_before(module, cursor));
        chained = true;
        if (!cursor.seek(start)) return from_lmdb(cursor.code(), "read " + module.value + "'s log");
      }
      std::size_t bytes = 0;
      do {
        records.push_back({cursor.first(), std::string(cursor.bytes())});
        bytes += records.back().bytes.size();
      } while (bytes < kScanBytes && records.size() < kScanRecords && cursor.next());
    }
    for (const StoredRecord& stored : records) {
      if (stored.first > head) return {};
      MT_TRY(const CommitRecord record,
             decode_record(module, stored.first, stored.bytes, previous));
      previous = record.hash;
      if (visit(record) == Scan::kStop) return {};
      from = record.last() + 1;
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
  MT_TRY(LogCursor cursor, LogCursor::open(*env_, log->database));
  if (!cursor.seek(position)) return from_lmdb(cursor.code(), "read " + module.value + "'s log");
  const Position first = cursor.first();
  // Views stay valid while the transaction lives, also when the cursor moves on.
  const std::string_view bytes = cursor.bytes();
  MT_TRY(const Hash previous, hash_before(module, cursor));
  return decode_record(module, first, bytes, previous);
}

std::uint64_t LmdbLog::stored_bytes(const ModuleName& module, Position first) const {
  const auto log = find(module);
  if (!log) return 0;
  auto cursor = LogCursor::open(*env_, (*log)->database);
  if (!cursor || !cursor->seek(first) || cursor->first() != first) return 0;
  return cursor->bytes().size();
}

}  // namespace mt
