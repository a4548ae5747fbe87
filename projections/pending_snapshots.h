// PendingSnapshots: those that hosts have made and the tables thread has not stored yet. Any
// thread.
#pragma once

#include <deque>
#include <iterator>
#include <mutex>
#include <set>
#include <utility>

#include "events/derived.h"

namespace mt {

struct PendingSnapshot {
  ModuleName module;
  StreamId stream;
  StoredSnapshot snapshot;
};

class PendingSnapshots {
 public:
  void add(PendingSnapshot pending) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(pending));
  }
  std::deque<PendingSnapshot> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
  }
  // Those whose events are not applied yet: they go with the batch that brings them.
  void give_back(std::deque<PendingSnapshot> early) {
    if (early.empty()) return;
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.begin(), std::make_move_iterator(early.begin()),
                    std::make_move_iterator(early.end()));
  }
  void drop(const ModuleName& module, const std::set<StreamId>& streams) {
    const std::lock_guard lock(mutex_);
    std::erase_if(waiting_, [&](const PendingSnapshot& pending) {
      return pending.module == module && streams.contains(pending.stream);
    });
  }

 private:
  std::mutex mutex_;
  std::deque<PendingSnapshot> waiting_;
};

}  // namespace mt
