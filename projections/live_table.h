// LiveTable: one projection, how far it has come and what it leaves out. The tables thread changes
// it; `state` is read by all.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "projections/checkpoints.h"
#include "projections/live_tables.h"
#include "projections/parked_streams.h"
#include "projections/table_changes.h"

namespace mt {

class LiveTable {
 public:
  LiveTable(ModuleName module, const Upcasters* upcasters, std::shared_ptr<Projection> projection)
      : module_(std::move(module)),
        upcasters_(upcasters),
        projection_(std::move(projection)),
        key_(Checkpoints::key_of(name(), projection_->version())) {}

  const ModuleName& module() const { return module_; }
  const Upcasters* upcasters() const { return upcasters_; }
  Projection& projection() const { return *projection_; }
  const std::string& name() const { return projection_->table().name(); }
  const std::vector<StoreId>& stores() const { return projection_->table().stores(); }
  const std::string& key() const { return key_; }  // of its checkpoint and its parked events
  // What its stores hold is missing. The tables thread's own.
  ParkedStreams& parked() { return parked_; }
  // Which rows were changed lately, for those who watch it.
  TableChanges& changes() { return changes_; }

  bool is_failed() const {
    const std::lock_guard lock(mutex_);
    return !failure_.empty();
  }
  void set(const char* state, Position checkpoint, std::string failure = {}) {
    const std::lock_guard lock(mutex_);
    state_ = state;
    checkpoint_ = checkpoint;
    parked_count_ = parked_.streams().size();
    failure_ = std::move(failure);
  }
  Position checkpoint() const {
    const std::lock_guard lock(mutex_);
    return checkpoint_;
  }
  std::string failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }
  TableState state(const KvReader& kv) const {
    const std::lock_guard lock(mutex_);
    return {name(),
            module_,
            state_,
            projection_->version(),
            checkpoint_,
            failure_,
            kv.size(stores().front()),
            parked_count_};
  }

 private:
  ModuleName module_;
  const Upcasters* upcasters_;
  std::shared_ptr<Projection> projection_;
  std::string key_;
  ParkedStreams parked_;
  TableChanges changes_;

  mutable std::mutex mutex_;
  const char* state_ = "building";
  Position checkpoint_;
  std::string failure_;
  std::uint64_t parked_count_ = 0;
};

// The table follows its log no more, from `position` on: in the store, for all to see, and in a
// line for the operator.
void stop_table(const Checkpoints& checkpoints, KvWriter& kv, LiveTable& table, Position position,
                const std::string& why);

// A place in its changes. What is given outlives it.
std::unique_ptr<TableWatch> watch_table(LiveTable& table, const Checkpoints& checkpoints,
                                        RowRange range);

}  // namespace mt
