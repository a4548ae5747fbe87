// OverlayStores: changes in memory over stores that they leave as they are. A fold that outgrows
// the memory lays down what it has, and goes on over that. One thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "events/kv.h"
#include "events/memory/memory_stores.h"

namespace mt {

class OverlayStores final : public KvWriter {
 public:
  // What lies below from now on; null: nothing. Its StoreIds are those of the changes.
  void lay_over(std::unique_ptr<KvReader> below) { below_ = std::move(below); }
  bool has_below() const { return below_ != nullptr; }
  // Forgets the changes, which are below by now.
  void forget_changes();
  // What the changes take, about.
  std::size_t bytes() const;

  // The changes of one store: entries that are put, and those below that are erased.
  const SortedEntries& put_in(StoreId store) const { return put_->entries(store); }
  const SortedEntries& erased_from(StoreId store) const { return erased_->entries(store); }

  Result<void> status() const override;
  void fail(Error why) const override { put_->fail(std::move(why)); }
  std::optional<std::string_view> get(StoreId store, std::string_view key) const override;
  void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
            const KvVisitor& visit) const override;
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const override;
  // With something below it, counts what was put.
  std::uint64_t size(StoreId store) const override;

  void put(StoreId store, std::string_view key, std::string_view value) override;
  void append(StoreId store, std::string_view key, std::string_view value) override;
  bool erase(StoreId store, std::string_view key) override;
  void clear(StoreId store) override;

 private:
  class Walk;
  // Visits what `visit_below` visits and what `walk` goes through, in one order.
  void weave(StoreId store, Walk walk, const std::function<void(const KvVisitor&)>& visit_below,
             const KvVisitor& visit) const;

  std::unique_ptr<KvReader> below_;
  std::unique_ptr<MemoryStores> put_ = std::make_unique<MemoryStores>();
  std::unique_ptr<MemoryStores> erased_ = std::make_unique<MemoryStores>();
};

}  // namespace mt
