// LiveTable: one projection, how far it has come and what it leaves out. The tables thread changes
// it; `state` is read by all.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "projections/checkpoints.h"
#include "projections/live_tables.h"
#include "projections/parked_streams.h"
#include "projections/store_routes.h"
#include "projections/table_changes.h"

namespace mt {

// One set of a table's stores. Each version of a table has two, so that one is filled while the
// other serves: the one of which there is a checkpoint.
struct TableCopy {
  std::string key;  // of its checkpoint
  std::vector<StoreId> stores;
};

// What a version of a table is for.
enum class TableRole {
  kServing,  // queries are answered from it
  kFormer,   // it served before, and can serve again
  kBuilt,    // it may serve soon
  kAside,    // it follows no log, and holds nothing that counts
};

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
  // Those that its projection is bound to: what is read and written through that names them.
  const std::vector<StoreId>& stores() const { return projection_->table().stores(); }
  const std::string& key() const { return key_; }  // of its parked events
  std::uint32_t version() const { return projection_->version(); }

  // The tables thread changes it; any thread.
  TableRole role() const { return role_; }
  void set_role(TableRole role);
  // Whether batches are applied to it.
  bool is_followed() const { return role_ != TableRole::kAside; }
  // Whether an operator is told of it.
  bool is_listed() const { return is_followed() || is_filling_ || is_failed(); }
  void set_filling(bool is_filling) { is_filling_ = is_filling; }

  // At the start: opens both copies and finds the one that serves. What the other holds was left
  // half done, by a process that ended or a program that did not know it, and is cleared.
  Result<void> open(KvEnv& env, const Checkpoints& checkpoints);
  // The copy that serves or, while none does, would. Any thread.
  const TableCopy& copy() const { return copies_[slot_]; }
  const TableCopy& spare() const { return copies_[1 - slot_]; }
  // The same as the transaction of `kv` has it.
  const TableCopy& copy_in(const KvReader& kv, const Checkpoints& checkpoints) const {
    return checkpoints.get(kv, spare().key) ? spare() : copy();
  }
  // Whether the copy has a checkpoint. Any thread.
  bool is_stored() const { return is_stored_; }
  void set_stored(bool is_stored = true) { is_stored_ = is_stored; }
  // The spare one is it from now on. The tables thread alone.
  void swap_copies();
  // At the start: queries read the copy itself.
  void bind();
  // From the stores that it is bound to to the copy.
  const StoreRoutes& routes() const { return routes_; }
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
  // It holds its log up to there.
  void set_reached(Position checkpoint) { set(text_of(role_), checkpoint); }
  Position checkpoint() const {
    const std::lock_guard lock(mutex_);
    return checkpoint_;
  }
  std::string failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }
  TableState state(const KvReader& kv, const Checkpoints& checkpoints) const {
    const std::uint64_t rows = kv.size(copy_in(kv, checkpoints).stores.front());
    const std::lock_guard lock(mutex_);
    return {name(),        module_, state_, projection_->version(), checkpoint_, failure_, rows,
            parked_count_, 0,       0};
  }

 private:
  static const char* text_of(TableRole role);

  ModuleName module_;
  const Upcasters* upcasters_;
  std::shared_ptr<Projection> projection_;
  std::string key_;
  std::array<TableCopy, 2> copies_;  // fixed once they are open
  std::atomic<std::size_t> slot_ = 0;
  std::atomic<bool> is_stored_ = false;
  StoreRoutes routes_;
  ParkedStreams parked_;
  TableChanges changes_;
  std::atomic<TableRole> role_ = TableRole::kServing;
  std::atomic<bool> is_filling_ = false;

  mutable std::mutex mutex_;
  const char* state_ = "building";
  Position checkpoint_;
  std::string failure_;
  std::uint64_t parked_count_ = 0;
};

// Empties a copy that does not serve, a store a transaction.
Result<void> clear_copy(KvEnv& env, const TableCopy& copy);

// The table follows its log no more, from `position` on: in the store, for all to see, and in a
// line for the operator.
void stop_table(const Checkpoints& checkpoints, KvWriter& kv, LiveTable& table, Position position,
                const std::string& why);

// A place in its changes. What is given outlives it.
std::unique_ptr<TableWatch> watch_table(LiveTable& table, const Checkpoints& checkpoints,
                                        RowRange range);

}  // namespace mt
