// NotingWriter: a writer under which each row that a table changes is noted.
#pragma once

#include "events/kv.h"
#include "projections/row_notes.h"

namespace mt {

class NotingWriter final : public KvWriter {
 public:
  NotingWriter(KvWriter& kv, RowNotes& notes) : kv_(kv), notes_(notes) {}

  RowNotes* row_notes() override { return &notes_; }

  Result<void> status() const override { return kv_.status(); }
  void fail(Error why) const override { kv_.fail(std::move(why)); }
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
    kv_.put(store, key, value);
  }
  void append(StoreId store, std::string_view key, std::string_view value) override {
    kv_.append(store, key, value);
  }
  bool erase(StoreId store, std::string_view key) override { return kv_.erase(store, key); }
  void clear(StoreId store) override { kv_.clear(store); }

 private:
  KvWriter& kv_;
  RowNotes& notes_;
};

}  // namespace mt
