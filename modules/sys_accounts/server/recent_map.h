// RecentMap: values by a hash, a bounded number of them: what was not asked for lately is
// forgotten. One thread at a time; its owner holds the lock.
#pragma once

#include <cstddef>
#include <cstring>
#include <unordered_map>
#include <utility>

#include "events/base/ids.h"

namespace mt::sys_accounts {

template <typename Value>
class RecentMap {
 public:
  explicit RecentMap(std::size_t capacity) : half_(capacity / 2) {}

  // Null when there is none. Valid until the next call.
  Value* find(const Hash& key) {
    if (const auto found = young_.find(key); found != young_.end()) return &found->second;
    const auto found = old_.find(key);
    if (found == old_.end()) return nullptr;
    Value value = std::move(found->second);
    old_.erase(found);
    return &put(key, std::move(value));
  }

  Value& put(const Hash& key, Value value) {
    if (young_.size() >= half_) old_ = std::exchange(young_, {});
    return young_.insert_or_assign(key, std::move(value)).first->second;
  }

  void erase(const Hash& key) {
    young_.erase(key);
    old_.erase(key);
  }

  std::size_t size() const { return young_.size() + old_.size(); }

 private:
  // A hash's bytes are as good as random already.
  struct FirstBytes {
    std::size_t operator()(const Hash& hash) const noexcept {
      std::size_t value = 0;
      std::memcpy(&value, hash.data(), sizeof value);
      return value;
    }
  };
  using Generation = std::unordered_map<Hash, Value, FirstBytes>;

  const std::size_t half_;
  // A full young generation becomes the old one, and the old one is forgotten.
  Generation young_;
  Generation old_;
};

}  // namespace mt::sys_accounts
