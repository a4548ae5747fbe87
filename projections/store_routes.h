// StoreRoutes: which stores of the environment stand for those that a table is bound to, since a
// table has several copies and a query names the one that it was made with. A table that lacks what
// its log holds has no way to its rows, but a reason: an empty list would be taken for the truth.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/kv.h"

namespace mt {

class StoreRoutes {
 public:
  // All lead to themselves.
  static const StoreRoutes& none() {
    static const StoreRoutes kNone;
    return kNone;
  }
  // Those to themselves need not be told.
  void lead(StoreId from, StoreId to) { at(from).to = to; }
  void lead(const std::vector<StoreId>& from, const std::vector<StoreId>& to) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (from[i] != to[i]) lead(from[i], to[i]);
    }
  }
  void close(StoreId store, std::string why) {
    Route& route = at(store);
    if (route.closed.empty()) route.closed = std::move(why);
  }

  // All lead to themselves and none is closed.
  bool is_empty() const { return routes_.empty(); }
  bool operator==(const StoreRoutes&) const = default;
  StoreId to(StoreId from) const {
    return from.value < routes_.size() ? routes_[from.value].to : from;
  }
  // Why there is no way; null: there is one.
  const std::string* why_closed(StoreId from) const {
    if (from.value >= routes_.size() || routes_[from.value].closed.empty()) return nullptr;
    return &routes_[from.value].closed;
  }

 private:
  struct Route {
    StoreId to;
    std::string closed;
    bool operator==(const Route&) const = default;
  };
  Route& at(StoreId from) {
    while (routes_.size() <= from.value) {
      routes_.push_back({{static_cast<std::uint32_t>(routes_.size())}, {}});
    }
    return routes_[from.value];
  }

  std::vector<Route> routes_;  // by the number of the store
};

// A view in which each store is the one that it leads to. It finds nothing in one that is closed,
// and its status() says why. One thread at a time.
class RoutedReader final : public KvReader {
 public:
  RoutedReader(std::unique_ptr<KvReader> kv, std::shared_ptr<const StoreRoutes> routes)
      : kv_(std::move(kv)), routes_(std::move(routes)) {}

  Result<void> status() const override { return gap_ ? kv_->status() : gap_; }
  void fail(Error why) const override { kv_->fail(std::move(why)); }
  std::optional<std::string_view> get(StoreId store, std::string_view key) const override {
    return is_open(store) ? kv_->get(routes_->to(store), key) : std::nullopt;
  }
  void scan(StoreId store, std::string_view prefix, std::string_view after, Order order,
            const KvVisitor& visit) const override {
    if (is_open(store)) kv_->scan(routes_->to(store), prefix, after, order, visit);
  }
  void range(StoreId store, std::string_view from, std::string_view to,
             const KvVisitor& visit) const override {
    if (is_open(store)) kv_->range(routes_->to(store), from, to, visit);
  }
  std::uint64_t size(StoreId store) const override {
    return is_open(store) ? kv_->size(routes_->to(store)) : 0;
  }

 private:
  bool is_open(StoreId store) const {
    const std::string* closed = routes_->why_closed(store);
    if (closed == nullptr) return true;
    if (gap_) gap_ = unavailable(*closed);
    return false;
  }

  std::unique_ptr<KvReader> kv_;
  std::shared_ptr<const StoreRoutes> routes_;
  mutable Result<void> gap_;
};

}  // namespace mt
