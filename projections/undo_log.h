// UndoLog: what stood in the place of each write, so that all of them can be taken back within
// their transaction.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/kv.h"

namespace mt {

class UndoLog {
 public:
  // Before the entry at `key` is written or erased.
  void note(const KvReader& kv, StoreId store, std::string_view key) {
    Old& old = olds_.emplace_back(Old{store, std::string(key), std::nullopt});
    if (const auto value = kv.get(store, key)) old.value.emplace(*value);
  }
  // Before the store is cleared.
  void note_all(const KvReader& kv, StoreId store) {
    kv.scan(store, {}, {}, Order::kForward, [&](std::string_view key, std::string_view value) {
      olds_.push_back({store, std::string(key), std::string(value)});
      return Scan::kGoOn;
    });
  }
  // Makes all as it was, the newest first.
  void undo(KvWriter& kv) {
    for (auto old = olds_.rbegin(); old != olds_.rend(); ++old) {
      if (old->value) {
        kv.put(old->store, old->key, *old->value);
      } else {
        kv.erase(old->store, old->key);
      }
    }
    olds_.clear();
  }

 private:
  struct Old {
    StoreId store;
    std::string key;
    std::optional<std::string> value;
  };

  std::vector<Old> olds_;
};

}  // namespace mt
