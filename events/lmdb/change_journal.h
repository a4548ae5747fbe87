// ChangeJournal: what transactions change, to be done again in a copy. Changes are plain: a value
// is put, a key erased, a store cleared. So the same ones in the same order lead any mixture of
// older states of the stores, key by key, to the newest one. One thread at a time.
#pragma once

#include <lmdb.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/kv.h"

namespace mt {

class ChangeJournal {
 public:
  void put(StoreId store, std::string_view key, std::string_view value) {
    add(Kind::kPut, store, key, value);
  }
  void erase(StoreId store, std::string_view key) { add(Kind::kErase, store, key, {}); }
  void clear(StoreId store) { add(Kind::kClear, store, {}, {}); }

  // Those of `later` happened after these.
  void append(const ChangeJournal& later);

  bool empty() const { return changes_.empty(); }
  std::uint64_t size() const { return changes_.size(); }
  std::size_t bytes() const { return bytes_.size() + changes_.size() * sizeof(Change); }

  // Within a write transaction of an environment whose stores have the same ids.
  Result<void> replay(MDB_txn* txn) const;

 private:
  enum class Kind : std::uint8_t { kPut, kErase, kClear };
  struct Change {
    Kind kind;
    StoreId store;
    std::uint32_t key_bytes;
    std::uint32_t value_bytes;
  };
  void add(Kind kind, StoreId store, std::string_view key, std::string_view value);
  static int replay_one(MDB_txn* txn, const Change& change, std::string_view key,
                        std::string_view value);

  std::vector<Change> changes_;
  std::string bytes_;  // the keys and values, one after the other
};

}  // namespace mt
