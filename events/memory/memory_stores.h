// MemoryStores: ordered stores in memory, changed at once and without a way back. A copy shares the
// entries with its original until it changes them, so that it is a view, or a transaction that may
// be thrown away. One thread at a time; an original that was copied is changed no more.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "events/kv.h"
#include "events/memory/sorted_entries.h"

namespace mt {

class MemoryStores final : public KvWriter {
 public:
  MemoryStores() = default;
  MemoryStores(const MemoryStores& original);
  MemoryStores& operator=(const MemoryStores&) = delete;

  // What a store holds, which is nothing when there is no such store yet.
  const SortedEntries& entries(StoreId store) const;
  // That all stores take, about.
  std::size_t bytes() const;

  Result<void> status() const override { return outcome_; }
  void fail(Error why) const override {
    if (outcome_) outcome_ = std::move(why);
  }
  std::optional<std::string_view> get(StoreId store, std::string_view key) const override;
  void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
            const KvVisitor& visit) const override;
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const override;
  std::uint64_t size(StoreId store) const override { return entries(store).size(); }

  void put(StoreId store, std::string_view key, std::string_view value) override;
  void append(StoreId store, std::string_view key, std::string_view value) override;
  bool erase(StoreId store, std::string_view key) override;
  void clear(StoreId store) override;

 private:
  struct Store {
    std::shared_ptr<SortedEntries> entries;
    bool is_own = true;
  };
  SortedEntries& own(StoreId store);
  bool accepts(std::string_view key);

  std::unordered_map<std::uint32_t, Store> stores_;
  mutable Result<void> outcome_;
};

}  // namespace mt
