#include "events/memory/memory_kv.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "events/key_range.h"

namespace mt {
namespace {

using Entries = MemoryKv::Entries;

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

// Reading, whatever the entries lie in.
template <typename Base>
class Reading : public Base {
 public:
  explicit Reading(MemoryKv::Stores& stores) : stores_(stores) {}

  std::optional<std::string_view> get(StoreId store, std::string_view key) const override {
    const Entries& entries = stores_[store.value];
    const auto found = entries.find(key);
    if (found == entries.end()) return std::nullopt;
    return std::string_view(found->second);
  }
  void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
            const KvVisitor& visit) const override {
    const auto scan_in_order = order == Order::kForward ? scan_forward : scan_backward;
    scan_in_order(stores_[store.value], prefix, after, visit);
  }
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const override {
    const Entries& entries = stores_[store.value];
    for (auto at = entries.lower_bound(from); at != entries.end() && at->first < to; ++at) {
      if (visit(at->first, at->second) == Scan::kStop) return;
    }
  }
  std::uint64_t size(StoreId store) const override { return stores_[store.value].size(); }

 protected:
  MemoryKv::Stores& stores_;
};

class Reader final : public Reading<KvReader> {
 public:
  Reader(MemoryKv::Stores& stores, std::shared_mutex& mutex) : Reading(stores), lock_(mutex) {}

 private:
  std::shared_lock<std::shared_mutex> lock_;
};

// Changes at once; one that is undoable takes all back at its end, last change first, unless the
// changes are kept.
class Writer final : public Reading<KvWriter> {
 public:
  Writer(MemoryKv::Stores& stores, bool undoable) : Reading(stores), undoable_(undoable) {}
  ~Writer() override { undo(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Result<void> status() const override { return outcome_; }
  void keep() { changes_.clear(); }

  void put(StoreId store, std::string_view key, std::string_view value) override {
    if (!accepts(key)) return;
    Entries& entries = stores_[store.value];
    const auto at = entries.lower_bound(key);
    if (at != entries.end() && at->first == key) {
      remember(store, key, at->second);
      at->second = value;
    } else {
      remember(store, key, std::nullopt);
      entries.emplace_hint(at, key, value);
    }
  }
  void append(StoreId store, std::string_view key, std::string_view value) override {
    if (!accepts(key)) return;
    Entries& entries = stores_[store.value];
    if (!entries.empty() && entries.rbegin()->first >= key) {
      fail("a key was appended that is not greater than all others");
      return;
    }
    remember(store, key, std::nullopt);
    entries.emplace_hint(entries.end(), key, value);
  }
  bool erase(StoreId store, std::string_view key) override {
    Entries& entries = stores_[store.value];
    const auto at = entries.find(key);
    if (at == entries.end()) return false;
    remember(store, key, at->second);
    entries.erase(at);
    return true;
  }
  void clear(StoreId store) override {
    Entries& entries = stores_[store.value];
    if (undoable_) {
      for (const auto& [key, value] : entries) remember(store, key, value);
    }
    entries.clear();
  }

 private:
  struct Change {
    StoreId store;
    std::string key;
    std::optional<std::string> before;
  };

  void undo() {
    for (; !changes_.empty(); changes_.pop_back()) {
      Change& change = changes_.back();
      if (change.before) {
        stores_[change.store.value].insert_or_assign(change.key, *std::move(change.before));
      } else {
        stores_[change.store.value].erase(change.key);
      }
    }
  }
  void fail(const std::string& why) {
    if (outcome_) outcome_ = internal(why);
  }
  bool accepts(std::string_view key) {
    if (!key.empty() && key.size() <= kMaxKey) return true;
    fail("a key has " + std::to_string(key.size()) + " bytes; 1 to " + std::to_string(kMaxKey) +
         " are possible");
    return false;
  }
  void remember(StoreId store, std::string_view key, std::optional<std::string> before) {
    if (undoable_) changes_.push_back({store, std::string(key), std::move(before)});
  }

  bool undoable_;
  Result<void> outcome_;
  std::vector<Change> changes_;
};

}  // namespace

Result<StoreId> MemoryKv::open(const std::string& name) {
  const std::unique_lock lock(mutex_);
  const auto [at, made] =
      names_.try_emplace(name, StoreId{static_cast<std::uint32_t>(stores_.size())});
  if (made) stores_[at->second.value];
  return at->second;
}

std::unique_ptr<KvReader> MemoryKv::read() const {
  return std::make_unique<Reader>(stores_, mutex_);
}

Result<void> MemoryKv::write(const std::function<Result<void>(KvWriter&)>& change) {
  const std::unique_lock lock(mutex_);
  Writer writer(stores_, true);
  MT_CHECK_OK(change(writer));
  MT_CHECK_OK(writer.status());
  writer.keep();
  return {};
}

std::unique_ptr<KvWriter> MemoryKv::unguarded_writer() {
  return std::make_unique<Writer>(stores_, false);
}

}  // namespace mt
