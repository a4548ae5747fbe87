#include "events/memory/memory_stores.h"

#include <algorithm>
#include <optional>

#include "events/key_range.h"

namespace mt {
namespace {

using Entries = MemoryStores::Entries;

void scan_forward(const Entries& entries, std::string_view prefix, std::string_view after,
                  const KvVisitor& visit) {
  auto at = entries.lower_bound(std::max(prefix, after));
  if (at != entries.end() && !after.empty() && at->first == after) ++at;
  for (; at != entries.end() && at->first.starts_with(prefix); ++at) {
    if (visit(at->first, at->second) == Scan::kStop) return;
  }
}

void scan_backward(const Entries& entries, std::string_view prefix, std::string_view after,
                   const KvVisitor& visit) {
  const std::optional<std::string> end = scan_end(prefix, after);
  auto at = end ? entries.lower_bound(*end) : entries.end();
  while (at != entries.begin()) {
    --at;
    if (!at->first.starts_with(prefix)) return;
    if (visit(at->first, at->second) == Scan::kStop) return;
  }
}

}  // namespace

MemoryStores::MemoryStores(const MemoryStores& original) : stores_(original.stores_) {
  for (auto& [id, store] : stores_) store.is_own = false;
}

const Entries& MemoryStores::entries(StoreId store) const {
  static const Entries kNone;
  const auto found = stores_.find(store.value);
  return found == stores_.end() ? kNone : *found->second.entries;
}

Entries& MemoryStores::own(StoreId store) {
  Store& found = stores_[store.value];
  if (found.entries == nullptr) found.entries = std::make_shared<Entries>();
  if (!found.is_own) found = {std::make_shared<Entries>(*found.entries), true};
  return *found.entries;
}

std::optional<std::string_view> MemoryStores::get(StoreId store, std::string_view key) const {
  const Entries& all = entries(store);
  const auto found = all.find(key);
  if (found == all.end()) return std::nullopt;
  return std::string_view(found->second);
}

void MemoryStores::scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
                        const KvVisitor& visit) const {
  const auto scan_in_order = order == Order::kForward ? scan_forward : scan_backward;
  scan_in_order(entries(store), prefix, after, visit);
}

void MemoryStores::range(StoreId store, std::string_view from, std::string_view to,
                         const KvVisitor& visit) const {
  const Entries& all = entries(store);
  for (auto at = all.lower_bound(from); at != all.end() && at->first < to; ++at) {
    if (visit(at->first, at->second) == Scan::kStop) return;
  }
}

void MemoryStores::put(StoreId store, std::string_view key, std::string_view value) {
  if (!accepts(key)) return;
  Entries& all = own(store);
  const auto at = all.lower_bound(key);
  if (at != all.end() && at->first == key) {
    at->second = value;
  } else {
    all.emplace_hint(at, key, value);
  }
}

void MemoryStores::append(StoreId store, std::string_view key, std::string_view value) {
  if (!accepts(key)) return;
  Entries& all = own(store);
  if (!all.empty() && all.rbegin()->first >= key) {
    fail("a key was appended that is not greater than all others");
    return;
  }
  all.emplace_hint(all.end(), key, value);
}

bool MemoryStores::erase(StoreId store, std::string_view key) {
  if (!entries(store).contains(key)) return false;
  Entries& all = own(store);
  all.erase(all.find(key));
  return true;
}

void MemoryStores::clear(StoreId store) {
  stores_[store.value] = {std::make_shared<Entries>(), true};
}

bool MemoryStores::accepts(std::string_view key) {
  if (!key.empty() && key.size() <= kMaxKey) return true;
  fail("a key has " + std::to_string(key.size()) + " bytes; 1 to " + std::to_string(kMaxKey) +
       " are possible");
  return false;
}

void MemoryStores::fail(const std::string& why) {
  if (outcome_) outcome_ = internal(why);
}

}  // namespace mt
