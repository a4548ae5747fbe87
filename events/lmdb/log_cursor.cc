#include "events/lmdb/log_cursor.h"

#include <cstdint>
#include <string>

#include "events/byte_order.h"
#include "events/lmdb/error.h"
#include "events/record_codec.h"

namespace mt {

Result<LogCursor> LogCursor::open(const LmdbEnv& env, MDB_dbi database, const ModuleName& module) {
  LogCursor made(module);
  MT_TRY(made.txn_, begin_txn(env, MDB_RDONLY));
  MT_TRY(made.cursor_, open_cursor(made.txn_.get(), database));
  return made;
}

Result<LogCursor> LogCursor::in(MDB_txn* txn, MDB_dbi database, const ModuleName& module) {
  LogCursor made(module);
  MT_TRY(made.cursor_, open_cursor(txn, database));
  return made;
}

Result<bool> LogCursor::seek(Position position) {
  const std::string wanted = u64_bytes(position.value);
  key_ = to_val(wanted);
  MT_TRY(const bool found, move(MDB_SET_RANGE));
  if (!found) return last();
  if (first() == position) return true;
  return previous();
}

Position LogCursor::first() const {
  return {key_.mv_size == sizeof(std::uint64_t) ? read_u64(to_view(key_)) : 0};
}

Result<void> LogCursor::remove() {
  const int code = mdb_cursor_del(cursor_.get(), 0);
  if (code != 0) return from_lmdb(code, "remove a record of " + module_.value + "'s log");
  return {};
}

Result<std::optional<Hash>> LogCursor::hash_before() {
  MT_TRY(const bool is_there, previous());
  if (!is_there) return std::optional<Hash>();
  MT_TRY(const Hash hash, decode_hash(module_, first(), bytes()));
  return std::optional(hash);
}

Result<bool> LogCursor::move(MDB_cursor_op op) {
  const int code = mdb_cursor_get(cursor_.get(), &key_, &value_, op);
  if (code != 0 && code != MDB_NOTFOUND) {
    return from_lmdb(code, "read " + module_.value + "'s log");
  }
  return code == 0;
}

}  // namespace mt
