// LogCursor: a cursor on one module's records, within one read transaction. A move says whether
// there is a record; an error is LMDB's. One thread at a time, for a short time.
#pragma once

#include <optional>
#include <string_view>

#include "events/base/ids.h"
#include "events/lmdb/env.h"

namespace mt {

class LogCursor {
 public:
  // `module` outlives the cursor.
  static Result<LogCursor> open(const LmdbEnv& env, MDB_dbi database, const ModuleName& module);

  // The same in a transaction of the caller's, which outlives the cursor.
  static Result<LogCursor> in(MDB_txn* txn, MDB_dbi database, const ModuleName& module);

  // To the last record that begins at or before `position`.
  Result<bool> seek(Position position);
  Result<bool> first_record() { return move(MDB_FIRST); }
  Result<bool> last() { return move(MDB_LAST); }
  Result<bool> next() { return move(MDB_NEXT); }
  Result<bool> previous() { return move(MDB_PREV); }

  // 0, which no record has, when the key is not a position.
  Position first() const;
  // Valid while the cursor lives, also when it moves on.
  std::string_view bytes() const { return to_view(value_); }

  // The record that it is at, in a write transaction. It is at none then.
  Result<void> remove();

  // The chain's hash in the record before the one that the cursor is at, to which it moves; none
  // when there is no record before.
  Result<std::optional<Hash>> hash_before();

 private:
  explicit LogCursor(const ModuleName& module) : module_(module) {}
  Result<bool> move(MDB_cursor_op op);

  const ModuleName& module_;
  LmdbTxn txn_;  // its own; none in a transaction of the caller's
  LmdbCursor cursor_;
  MDB_val key_{};
  MDB_val value_{};
};

}  // namespace mt
