#include "events/lmdb/txn_reads.h"

#include <algorithm>
#include <string>
#include <utility>

#include "events/base/log.h"
#include "events/key_range.h"
#include "events/lmdb/env.h"
#include "events/lmdb/error.h"

namespace mt {
namespace {

const Logger& logger() {
  static const Logger log("lmdb");
  return log;
}

}  // namespace

// One cursor on its way through a store.
class TxnReads::Walk {
 public:
  Walk(const TxnReads& reads, StoreId store) : reads_(reads) {
    MDB_cursor* raw = nullptr;
    if (const int code = mdb_cursor_open(reads.txn_, store.value, &raw); code != 0) {
      reads.report_code(code);
      return;
    }
    cursor_.reset(raw);
  }
  // To the least key that is not less than `key`; the first one of all when `key` is empty.
  bool at_least(std::string_view key) {
    if (key.empty()) return move(MDB_FIRST);
    // LMDB takes no longer key; a stored one that equals its beginning is less than it.
    const std::string_view beginning = key.substr(0, KvWriter::kMaxKey);
    key_ = to_val(beginning);
    if (!move(MDB_SET_RANGE)) return false;
    return this->key() >= key || move(MDB_NEXT);
  }
  bool move(MDB_cursor_op op) {
    if (cursor_ == nullptr) return false;
    const int code = mdb_cursor_get(cursor_.get(), &key_, &value_, op);
    if (code != 0) reads_.report_code(code);
    return code == 0;
  }
  std::string_view key() const { return to_view(key_); }
  std::string_view value() const { return to_view(value_); }

 private:
  const TxnReads& reads_;
  LmdbCursor cursor_;
  MDB_val key_{};
  MDB_val value_{};
};

void TxnReads::fail(Error why) const {
  if (fault_) fault_ = std::move(why);
}

void TxnReads::report_code(int code) const {
  if (code != MDB_NOTFOUND) report(from_lmdb(code, "read a table"));
}

void TxnReads::report(Error why) const {
  if (!fault_) return;
  fail(std::move(why));
  logger().error("table read failed", {{"reason", fault_.error().message}});
}

std::optional<std::string_view> TxnReads::get(StoreId store, std::string_view key) const {
  if (key.empty() || key.size() > KvWriter::kMaxKey) return std::nullopt;
  MDB_val wanted = to_val(key);
  MDB_val found{};
  const int code = mdb_get(txn_, store.value, &wanted, &found);
  if (code == 0) return to_view(found);
  report_code(code);
  return std::nullopt;
}

void TxnReads::forward(StoreId store, std::string_view prefix, std::string_view after,
                       const KvVisitor& visit) const {
  Walk walk(*this, store);
  bool there = walk.at_least(std::max(prefix, after));
  if (there && !after.empty() && walk.key() == after) there = walk.move(MDB_NEXT);
  for (; there && walk.key().starts_with(prefix); there = walk.move(MDB_NEXT)) {
    if (visit(walk.key(), walk.value()) == Scan::kStop) return;
  }
}

void TxnReads::backward(StoreId store, std::string_view prefix, std::string_view after,
                        const KvVisitor& visit) const {
  Walk walk(*this, store);
  const std::optional<std::string> end = scan_end(prefix, after);
  // Everything from `end` on is too great; without an `end` the walk begins at the last key.
  bool there = end && walk.at_least(*end) ? walk.move(MDB_PREV) : walk.move(MDB_LAST);
  for (; there && walk.key().starts_with(prefix); there = walk.move(MDB_PREV)) {
    if (visit(walk.key(), walk.value()) == Scan::kStop) return;
  }
}

void TxnReads::range(StoreId store, std::string_view from, std::string_view to,
                     const KvVisitor& visit) const {
  Walk walk(*this, store);
  for (bool there = walk.at_least(from); there && walk.key() < to; there = walk.move(MDB_NEXT)) {
    if (visit(walk.key(), walk.value()) == Scan::kStop) return;
  }
}

std::uint64_t TxnReads::size(StoreId store) const {
  MDB_stat stat{};
  if (const int code = mdb_stat(txn_, store.value, &stat); code != 0) report_code(code);
  return stat.ms_entries;
}

}  // namespace mt
