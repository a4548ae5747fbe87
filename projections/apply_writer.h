// ApplyWriter: what one projection's `apply` writes, on its way to the store. A key that no store
// takes is that projection's fault at that event: it is kept away from the transaction, which it
// would make fail for all.
#pragma once

#include <string>

#include "events/kv.h"

namespace mt {

class ApplyWriter final : public KvWriter {
 public:
  explicit ApplyWriter(KvWriter& kv) : kv_(kv) {}

  // Why what was written cannot be kept.
  const Result<void>& outcome() const { return outcome_; }

  Result<void> status() const override { return kv_.status(); }
  std::optional<std::string_view> get(StoreId store, std::string_view key) const override {
    return kv_.get(store, key);
  }
  void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
            const KvVisitor& visit) const override {
    kv_.scan(store, prefix, after, order, visit);
  }
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const override {
    kv_.range(store, from, to, visit);
  }
  std::uint64_t size(StoreId store) const override { return kv_.size(store); }

  void put(StoreId store, std::string_view key, std::string_view value) override {
    if (accepts(key)) kv_.put(store, key, value);
  }
  void append(StoreId store, std::string_view key, std::string_view value) override {
    if (accepts(key)) kv_.append(store, key, value);
  }
  bool erase(StoreId store, std::string_view key) override { return kv_.erase(store, key); }
  void clear(StoreId store) override { kv_.clear(store); }

 private:
  bool accepts(std::string_view key) {
    if (!key.empty() && key.size() <= kMaxKey) return true;
    if (outcome_) {
      outcome_ = internal("a key has " + std::to_string(key.size()) + " bytes; 1 to " +
                          std::to_string(kMaxKey) + " are possible");
    }
    return false;
  }

  KvWriter& kv_;
  Result<void> outcome_;
};

}  // namespace mt
