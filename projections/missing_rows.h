// MissingRows: the stores that lack what their log holds, and why. A query that reads one of them
// is answered with that, since an empty list would be taken for the truth.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "events/kv.h"

namespace mt {

using MissingRows = std::map<StoreId, std::string>;

// A view that finds nothing in such a store, and whose status() says why. One thread at a time.
class GappedReader final : public KvReader {
 public:
  GappedReader(std::unique_ptr<KvReader> kv, std::shared_ptr<const MissingRows> missing)
      : kv_(std::move(kv)), missing_(std::move(missing)) {}

  Result<void> status() const override { return gap_ ? kv_->status() : gap_; }
  void fail(Error why) const override { kv_->fail(std::move(why)); }
  std::optional<std::string_view> get(StoreId store, std::string_view key) const override {
    return is_whole(store) ? kv_->get(store, key) : std::nullopt;
  }
  void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
            const KvVisitor& visit) const override {
    if (is_whole(store)) kv_->scan(store, prefix, after, order, visit);
  }
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const override {
    if (is_whole(store)) kv_->range(store, from, to, visit);
  }
  std::uint64_t size(StoreId store) const override {
    return is_whole(store) ? kv_->size(store) : 0;
  }

 private:
  bool is_whole(StoreId store) const {
    const auto found = missing_->find(store);
    if (found == missing_->end()) return true;
    if (gap_) gap_ = unavailable(found->second);
    return false;
  }

  std::unique_ptr<KvReader> kv_;
  std::shared_ptr<const MissingRows> missing_;
  mutable Result<void> gap_;
};

}  // namespace mt
