// RoutedViews: views of the environment in which each table's stores are those that serve. The way
// to them changes while views are opened; what a change has left is emptied only after it is told
// here. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include "projections/store_routes.h"

namespace mt {

class RoutedViews {
 public:
  explicit RoutedViews(const KvEnv& env) : env_(env) {}

  std::unique_ptr<KvReader> open() const {
    for (;;) {
      // Asked before the view begins: what was missing then may be missing in it. A copy that was
      // left meanwhile may be empty in it, unless the ways are still the same.
      const std::uint64_t changes = changes_;
      std::shared_ptr<const StoreRoutes> routes;
      if (has_routes_) {
        const std::lock_guard lock(mutex_);
        routes = routes_;
      }
      std::unique_ptr<KvReader> view = env_.read();
      if (changes != changes_) continue;
      if (routes == nullptr) return view;
      return std::make_unique<RoutedReader>(std::move(view), std::move(routes));
    }
  }

  // By the thread that writes: after the change is committed, before another is begun.
  void set(StoreRoutes routes) {
    const std::lock_guard lock(mutex_);
    if (routes == *routes_) return;
    has_routes_ = !routes.is_empty();
    routes_ = std::make_shared<const StoreRoutes>(std::move(routes));
    ++changes_;
  }

 private:
  const KvEnv& env_;
  std::atomic<std::uint64_t> changes_ = 0;
  std::atomic<bool> has_routes_ = false;  // most have none, and need no lock
  mutable std::mutex mutex_;
  std::shared_ptr<const StoreRoutes> routes_ = std::make_shared<StoreRoutes>();
};

}  // namespace mt
