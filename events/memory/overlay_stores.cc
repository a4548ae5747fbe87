#include "events/memory/overlay_stores.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "events/key_range.h"

namespace mt {

// The entries that were put, from one place on, in one order, as long as they are within the scan.
class OverlayStores::Walk {
 public:
  using Within = std::function<bool(std::string_view key)>;

  Walk(const SortedEntries& entries, SortedEntries::Place at, Order order, Within within)
      : entries_(entries), at_(at), order_(order), within_(std::move(within)) {
    step_back();
  }

  bool is_end() const { return is_end_; }
  SortedEntries::Entry entry() const { return entries_.at(at_); }
  bool is_before(std::string_view key) const {
    return order_ == Order::kForward ? entry().key < key : entry().key > key;
  }
  void next() {
    if (order_ == Order::kForward) {
      at_ = entries_.next(at_);
      look();
    } else {
      step_back();
    }
  }

 private:
  // Backward, `at_` is behind the entry that comes next.
  void step_back() {
    if (order_ == Order::kForward) {
      look();
      return;
    }
    is_end_ = entries_.is_begin(at_);
    if (is_end_) return;
    at_ = entries_.previous(at_);
    is_end_ = !within_(entry().key);
  }
  void look() { is_end_ = entries_.is_end(at_) || !within_(entry().key); }

  const SortedEntries& entries_;
  SortedEntries::Place at_;
  const Order order_;
  const Within within_;
  bool is_end_ = false;
};

void OverlayStores::forget_changes() {
  put_ = std::make_unique<MemoryStores>();
  erased_ = std::make_unique<MemoryStores>();
}

std::size_t OverlayStores::bytes() const { return put_->bytes() + erased_->bytes(); }

Result<void> OverlayStores::status() const {
  if (below_ != nullptr) MT_CHECK_OK(below_->status());
  return put_->status();
}

std::optional<std::string_view> OverlayStores::get(StoreId store, std::string_view key) const {
  if (const auto value = put_->get(store, key)) return value;
  if (below_ == nullptr || erased_->get(store, key)) return std::nullopt;
  return below_->get(store, key);
}

void OverlayStores::weave(StoreId store, Walk walk,
                          const std::function<void(const KvVisitor&)>& visit_below,
                          const KvVisitor& visit) const {
  Scan scan = Scan::kGoOn;
  const auto visit_put = [&] {
    const SortedEntries::Entry entry = walk.entry();
    scan = visit(entry.key, entry.value);
    walk.next();
  };
  visit_below([&](std::string_view key, std::string_view value) {
    while (scan == Scan::kGoOn && !walk.is_end() && walk.is_before(key)) visit_put();
    if (scan == Scan::kStop) return scan;
    if (!walk.is_end() && walk.entry().key == key) {
      visit_put();
    } else if (!erased_->get(store, key)) {
      scan = visit(key, value);
    }
    return scan;
  });
  while (scan == Scan::kGoOn && !walk.is_end()) visit_put();
}

void OverlayStores::scan(StoreId store, std::string_view prefix, std::string_view after,
                         Order order, const KvVisitor& visit) const {
  if (below_ == nullptr) return put_->scan(store, prefix, after, order, visit);
  const SortedEntries& entries = put_->entries(store);
  SortedEntries::Place at = entries.end();
  if (order == Order::kForward) {
    at = entries.lower_bound(std::max(prefix, after));
    const bool stands_at_after =
        !after.empty() && !entries.is_end(at) && entries.at(at).key == after;
    if (stands_at_after) at = entries.next(at);
  } else if (const auto end = scan_end(prefix, after)) {
    at = entries.lower_bound(*end);
  }
  const auto within = [prefix](std::string_view key) { return key.starts_with(prefix); };
  weave(
      store, Walk(entries, at, order, within),
      [&](const KvVisitor& each) { below_->scan(store, prefix, after, order, each); }, visit);
}

void OverlayStores::range(StoreId store, std::string_view from, std::string_view to,
                          const KvVisitor& visit) const {
  if (below_ == nullptr) return put_->range(store, from, to, visit);
  const SortedEntries& entries = put_->entries(store);
  const auto within = [to](std::string_view key) { return key < to; };
  weave(
      store, Walk(entries, entries.lower_bound(from), Order::kForward, within),
      [&](const KvVisitor& each) { below_->range(store, from, to, each); }, visit);
}

std::uint64_t OverlayStores::size(StoreId store) const {
  const SortedEntries& entries = put_->entries(store);
  if (below_ == nullptr) return entries.size();
  std::uint64_t fresh = 0;
  for (auto at = entries.begin(); !entries.is_end(at); at = entries.next(at)) {
    if (!below_->get(store, entries.at(at).key)) ++fresh;
  }
  return below_->size(store) + fresh - erased_->size(store);
}

void OverlayStores::put(StoreId store, std::string_view key, std::string_view value) {
  put_->put(store, key, value);
  if (below_ != nullptr) erased_->erase(store, key);
}

void OverlayStores::append(StoreId store, std::string_view key, std::string_view value) {
  put_->append(store, key, value);
  if (below_ != nullptr) erased_->erase(store, key);
}

bool OverlayStores::erase(StoreId store, std::string_view key) {
  const bool was_put = put_->erase(store, key);
  if (below_ == nullptr || erased_->get(store, key)) return was_put;
  if (!below_->get(store, key)) return was_put;
  erased_->put(store, key, {});
  return true;
}

void OverlayStores::clear(StoreId store) {
  put_->clear(store);
  if (below_ == nullptr) return;
  below_->scan(store, {}, {}, Order::kForward, [&](std::string_view key, std::string_view) {
    erased_->put(store, key, {});
    return Scan::kGoOn;
  });
}

}  // namespace mt
