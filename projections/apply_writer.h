// ApplyWriter: what one projection's `apply` writes for one event, on its way to the copy. A key
// that no store takes, and a row of its table that is damaged, are that projection's fault at that
// event: they are kept away from the transaction, which they would make fail for all.
#pragma once

#include <string>
#include <utility>

#include "events/kv.h"
#include "projections/store_routes.h"
#include "projections/undo_log.h"

namespace mt {

class ApplyWriter final : public KvWriter {
 public:
  // `undo`: null when what is written need not be taken back. The routes outlive it.
  ApplyWriter(KvWriter& kv, const StoreRoutes& routes, UndoLog* undo)
      : kv_(kv), routes_(routes), undo_(undo) {}

  // Why what was written cannot be kept.
  const Result<void>& outcome() const { return outcome_; }
  // The table holds what was never written so: no event is to blame.
  bool found_damage() const { return !outcome_ && outcome_.error().code == Code::kDataLoss; }
  bool has_written() const { return has_written_; }

  RowNotes* row_notes() override { return kv_.row_notes(); }

  Result<void> status() const override { return outcome_ ? kv_.status() : outcome_; }
  void fail(Error why) const override {
    if (outcome_) outcome_ = std::move(why);
  }
  std::optional<std::string_view> get(StoreId store, std::string_view key) const override {
    return kv_.get(routes_.to(store), key);
  }
  void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
            const KvVisitor& visit) const override {
    kv_.scan(routes_.to(store), prefix, after, order, visit);
  }
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const override {
    kv_.range(routes_.to(store), from, to, visit);
  }
  std::uint64_t size(StoreId store) const override { return kv_.size(routes_.to(store)); }

  void put(StoreId store, std::string_view key, std::string_view value) override {
    if (!accepts(key)) return;
    kv_.put(note(store, key), key, value);
  }
  void append(StoreId store, std::string_view key, std::string_view value) override {
    if (!accepts(key)) return;
    kv_.append(note(store, key), key, value);
  }
  bool erase(StoreId store, std::string_view key) override {
    if (!outcome_) return false;
    return kv_.erase(note(store, key), key);
  }
  void clear(StoreId store) override {
    if (!outcome_) return;
    has_written_ = true;
    const StoreId to = routes_.to(store);
    if (undo_ != nullptr) undo_->note_all(kv_, to);
    kv_.clear(to);
  }

 private:
  // What is written after a fault rests on it.
  bool accepts(std::string_view key) {
    if (!outcome_) return false;
    if (!key.empty() && key.size() <= kMaxKey) return true;
    fail(internal("a key has " + std::to_string(key.size()) + " bytes; 1 to " +
                  std::to_string(kMaxKey) + " are possible"));
    return false;
  }

  // Where it is about to be changed.
  StoreId note(StoreId store, std::string_view key) {
    has_written_ = true;
    const StoreId to = routes_.to(store);
    if (undo_ != nullptr) undo_->note(kv_, to, key);
    return to;
  }

  KvWriter& kv_;
  const StoreRoutes& routes_;
  UndoLog* const undo_;
  bool has_written_ = false;
  mutable Result<void> outcome_;
};

}  // namespace mt
