#include "events/memory/memory_stores.h"

#include <algorithm>
#include <optional>

#include "events/key_range.h"

namespace mt {
namespace {

void scan_forward(const SortedEntries& entries, std::string_view prefix, std::string_view after,
                  const KvVisitor& visit) {
  auto at = entries.lower_bound(std::max(prefix, after));
  if (!entries.is_end(at) && !after.empty() && entries.at(at).key == after) at = entries.next(at);
  for (; !entries.is_end(at); at = entries.next(at)) {
    const auto [key, value] = entries.at(at);
    if (!key.starts_with(prefix) || visit(key, value) == Scan::kStop) return;
  }
}

void scan_backward(const SortedEntries& entries, std::string_view prefix, std::string_view after,
                   const KvVisitor& visit) {
  const std::optional<std::string> end = scan_end(prefix, after);
  auto at = end ? entries.lower_bound(*end) : entries.end();
  while (!entries.is_begin(at)) {
    at = entries.previous(at);
    const auto [key, value] = entries.at(at);
    if (!key.starts_with(prefix) || visit(key, value) == Scan::kStop) return;
  }
}

}  // namespace

MemoryStores::MemoryStores(const MemoryStores& original) : stores_(original.stores_) {
  for (auto& [id, store] : stores_) store.is_own = false;
}

const SortedEntries& MemoryStores::entries(StoreId store) const {
  static const SortedEntries kNone;
  const auto found = stores_.find(store.value);
  return found == stores_.end() ? kNone : *found->second.entries;
}

std::size_t MemoryStores::bytes() const {
  std::size_t bytes = 0;
  for (const auto& [id, store] : stores_) {
    if (store.entries != nullptr) bytes += store.entries->bytes();
  }
  return bytes;
}

SortedEntries& MemoryStores::own(StoreId store) {
  Store& found = stores_[store.value];
  if (found.entries == nullptr) found.entries = std::make_shared<SortedEntries>();
  if (!found.is_own) found = {std::make_shared<SortedEntries>(*found.entries), true};
  return *found.entries;
}

std::optional<std::string_view> MemoryStores::get(StoreId store, std::string_view key) const {
  return entries(store).find(key);
}

void MemoryStores::scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
                        const KvVisitor& visit) const {
  const auto scan_in_order = order == Order::kForward ? scan_forward : scan_backward;
  scan_in_order(entries(store), prefix, after, visit);
}

void MemoryStores::range(StoreId store, std::string_view from, std::string_view to,
                         const KvVisitor& visit) const {
  const SortedEntries& all = entries(store);
  for (auto at = all.lower_bound(from); !all.is_end(at); at = all.next(at)) {
    const auto [key, value] = all.at(at);
    if (key >= to || visit(key, value) == Scan::kStop) return;
  }
}

void MemoryStores::put(StoreId store, std::string_view key, std::string_view value) {
  if (accepts(key)) own(store).put(key, value);
}

void MemoryStores::append(StoreId store, std::string_view key, std::string_view value) {
  if (!accepts(key)) return;
  SortedEntries& all = own(store);
  if (!all.is_end(all.lower_bound(key))) {
    fail(internal("a key was appended that is not greater than all others"));
    return;
  }
  all.put(key, value);
}

bool MemoryStores::erase(StoreId store, std::string_view key) {
  return entries(store).find(key) && own(store).erase(key);
}

void MemoryStores::clear(StoreId store) {
  stores_[store.value] = {std::make_shared<SortedEntries>(), true};
}

bool MemoryStores::accepts(std::string_view key) {
  if (!key.empty() && key.size() <= kMaxKey) return true;
  fail(internal("a key has " + std::to_string(key.size()) + " bytes; 1 to " +
                std::to_string(kMaxKey) + " are possible"));
  return false;
}

}  // namespace mt
