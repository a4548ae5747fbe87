#include "events/lmdb/change_journal.h"

#include "events/lmdb/env.h"
#include "events/lmdb/error.h"

namespace mt {

void ChangeJournal::add(Kind kind, StoreId store, std::string_view key, std::string_view value) {
  changes_.push_back({kind, store, static_cast<std::uint32_t>(key.size()),
                      static_cast<std::uint32_t>(value.size())});
  bytes_ += key;
  bytes_ += value;
}

void ChangeJournal::append(const ChangeJournal& later) {
  changes_.insert(changes_.end(), later.changes_.begin(), later.changes_.end());
  bytes_ += later.bytes_;
}

Result<void> ChangeJournal::replay(MDB_txn* txn) const {
  std::string_view rest = bytes_;
  for (const Change& change : changes_) {
    const std::string_view key = rest.substr(0, change.key_bytes);
    const std::string_view value = rest.substr(change.key_bytes, change.value_bytes);
    rest.remove_prefix(key.size() + value.size());
    const int code = replay_one(txn, change, key, value);
    if (code != 0) return from_lmdb(code, "repeat a change in the copy");
  }
  return {};
}

int ChangeJournal::replay_one(MDB_txn* txn, const Change& change, std::string_view key,
                              std::string_view value) {
  MDB_val raw_key = to_val(key);
  MDB_val raw_value = to_val(value);
  switch (change.kind) {
    case Kind::kPut:
      return mdb_put(txn, change.store.value, &raw_key, &raw_value, 0);
    case Kind::kErase: {
      const int code = mdb_del(txn, change.store.value, &raw_key, nullptr);
      return code == MDB_NOTFOUND ? 0 : code;
    }
    case Kind::kClear:
      return mdb_drop(txn, change.store.value, 0);
  }
  return 0;
}

}  // namespace mt
