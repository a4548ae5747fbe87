// FollowedModule: one module as the tables thread sees it: its tables, how far its log is applied
// to them and to the derived state, and what the next transaction applies. The tables thread's own,
// but for what is marked otherwise.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "events/base/log.h"
#include "projections/applied_waiters.h"
#include "projections/live_table.h"
#include "projections/parked_store.h"
#include "projections/store_routes.h"
#include "projections/table_versions.h"

namespace mt {

class FollowedModule {
 public:
  struct Ports {
    const EventLog& log;
    DerivedStore& derived;
    const Checkpoints& checkpoints;
    const ParkedStore& parked;
  };
  // What the ports name outlives it.
  FollowedModule(TableModule given, Ports ports);

  // At the start, in this order: its stores, and how far the derived state has come. DATA_LOSS when
  // that is further than the log.
  Result<void> open(KvEnv& env, const OnFold& progress);
  Result<void> find_applied();

  const ModuleName& name() const { return name_; }  // any thread, as all that never changes
  // All versions of all tables.
  const std::vector<std::unique_ptr<LiveTable>>& tables() const { return tables_; }
  const std::vector<std::unique_ptr<TableVersions>>& versions() const { return versions_; }
  AppliedWaiters& waiters() { return waiters_; }  // any thread
  Position applied() const { return applied_; }
  // How many of its tables are being rebuilt. Any thread.
  std::atomic<int>& rebuilds() { return rebuilds_; }

  bool has_work() const;
  struct Step {
    Position reached;   // what the tables hold once the transaction is committed
    bool more = false;  // there may be more work at once
  };
  // Applies a batch of records, and forgets as many commands. None: what a table wrote before it
  // failed cannot be taken back but with the transaction; begin_again() when it is gone.
  std::optional<Step> apply(KvWriter& kv);
  // What is known of its tables is again what the stores say.
  Result<void> begin_again(const KvReader& kv);
  // After the commit: what its tables hold now is for all to see.
  void publish(Position reached);
  // Whether its log cannot be read on.
  bool is_damaged() const { return !damaged_.empty(); }

  // Why its tables follow its log no more; empty while they do. Any thread.
  std::string failure() const;
  void fail(const std::string& why);
  // Nothing more will be applied: whoever waits for it, or watches a table, is told. Any thread.
  void give_up();
  // Leads to the copies that serve, but to none that lacks what the log holds.
  void add_routes(StoreRoutes& routes) const;

 private:
  void end_watches(const Error& why);
  std::string why_missing(const LiveTable& table) const;
  // False: begin again.
  bool apply_record(KvWriter& kv, const CommitRecord& record, Position after);
  LiveTable* add(const Upcasters* upcasters, const std::shared_ptr<Projection>& projection);
  void read_parked(const KvReader& kv);
  // How far its tables are now, and what they leave out.
  void put_marks(KvWriter& kv, Position at, Position forgotten);
  bool forget(KvWriter& kv, Position applied);
  bool is_old(const CommitRecord& record) const { return newest_ - record.time >= remembered_; }

  const Logger logger_{"projections"};
  const ModuleName name_;
  const std::chrono::nanoseconds remembered_;
  const Ports ports_;
  std::vector<std::unique_ptr<LiveTable>> tables_;
  std::vector<std::unique_ptr<TableVersions>> versions_;  // by table, in the order declared
  std::vector<RowNotes*> notes_;  // of the tables, in this transaction; null: nobody watches
  AppliedWaiters waiters_;

  Position applied_;
  std::string damaged_;  // why its log cannot be read on

  // Which commands are forgotten: those before a position, as the newest record's time has it.
  Time newest_{};
  Position remembered_from_{1};
  std::optional<Time> oldest_;  // of the record there, once it was read
  bool forgets_ = true;         // false: that record is damaged
  bool must_forget_ = false;    // a step has left some

  std::atomic<int> rebuilds_ = 0;
  mutable std::mutex mutex_;
  std::string failure_;
};

}  // namespace mt
