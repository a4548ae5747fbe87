// ApplyWriter: what one projection's `apply` writes for one event, on its way to the store. A key
// that no store takes, and a row of its table that is damaged, are that projection's fault at that
// event: they are kept away from the transaction, which they would make fail for all.
#pragma once

#include <string>
#include <utility>

#include "events/kv.h"
#include "projections/undo_log.h"

namespace mt {

class ApplyWriter final : public KvWriter {
 public:
  // `undo`: null when what is written need not be taken back.
  ApplyWriter(KvWriter& kv, UndoLog* undo) : kv_(kv), undo_(undo) {}

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
    if (!accepts(key)) return;
    note(store, key);
    kv_.put(store, key, value);
  }
  void append(StoreId store, std::string_view key, std::string_view value) override {
    if (!accepts(key)) return;
    note(store, key);
    kv_.append(store, key, value);
  }
  bool erase(StoreId store, std::string_view key) override {
    if (!outcome_) return false;
    note(store, key);
    return kv_.erase(store, key);
  }
  void clear(StoreId store) override {
    if (!outcome_) return;
    has_written_ = true;
    if (undo_ != nullptr) undo_->note_all(kv_, store);
    kv_.clear(store);
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

  void note(StoreId store, std::string_view key) {
    has_written_ = true;
    if (undo_ != nullptr) undo_->note(kv_, store, key);
  }

  KvWriter& kv_;
  UndoLog* const undo_;
  bool has_written_ = false;
  mutable Result<void> outcome_;
};

}  // namespace mt
