#include "projections/live_tables.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <future>
#include <iterator>
#include <list>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "events/base/check.h"
#include "events/base/log.h"
#include "events/base/thread_name.h"
#include "projections/checkpoints.h"
#include "projections/copy_build.h"
#include "projections/fold.h"
#include "projections/followed_module.h"
#include "projections/parked_retry.h"
#include "projections/parked_store.h"
#include "projections/pending_snapshots.h"
#include "projections/rebuild.h"
#include "projections/routed_views.h"
#include "projections/store_routes.h"
#include "projections/table_builder.h"
#include "projections/table_upgrades.h"

namespace mt {
namespace {

// A module whose tables do not hold its log's end yet, at the start.
struct Behind {
  FollowedModule& module;
  FoldMeter meter;
};

}  // namespace

class LiveTables::Impl {
 public:
  Impl(KvEnv& env, const EventLog& log, DerivedStore& derived, std::vector<TableModule> modules,
       const TableSettings& settings)
      : settings_(settings), env_(env), log_(log), derived_(derived) {
    for (TableModule& given : modules) {
      FollowedModule& module = *modules_.emplace_back(std::make_unique<FollowedModule>(
          std::move(given), FollowedModule::Ports{log_, derived_, checkpoints_, parked_}));
      by_name_.emplace(module.name(), &module);
    }
  }

  ~Impl() { stop(); }

  // ---- start ----

  Result<void> open(const OnFold& progress) {
    MT_CHECK_OK(checkpoints_.open(env_));
    MT_CHECK_OK(parked_.open(env_));
    for (const auto& module : modules_) MT_CHECK_OK(module->open(env_, progress));
    for (const auto& module : modules_) {
      MT_CHECK_OK(module->find_applied());
      for (const auto& table : module->tables()) {
        if (!table->is_followed()) continue;
        MT_CHECK_OK(builder_.bring_level(*table, module->applied(), progress));
      }
    }
    MT_CHECK_OK(upgrades_.open());
    MT_CHECK_OK(catch_up(progress));
    for (const auto& module : modules_) module->publish(module->applied());
    note_routes();
    return {};
  }

  void start() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = false;
    }
    thread_ = std::thread([this] { run(); });
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      woken_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
    give_up();
  }

  void wake() {
    const std::lock_guard lock(mutex_);
    if (!awake_) woken_.notify_one();
    awake_ = true;
  }

  // ---- reading ----

  FollowedModule& module(const ModuleName& name) const {
    const auto found = by_name_.find(name);
    check(found != by_name_.end(), "tables are asked only of modules that the node runs");
    return *found->second;
  }

  std::unique_ptr<KvReader> open_view() const { return views_.open(); }

  std::vector<TableState> states() const {
    const auto kv = env_.read();
    std::vector<TableState> states;
    for (const auto& module : modules_) {
      for (const auto& table : module->versions()) {
        states.push_back(table->serving().state(*kv, checkpoints_));
      }
    }
    return states;
  }

  TableUpgrades& upgrades() { return upgrades_; }

  std::string failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

  std::string failure(const ModuleName& name) const { return module(name).failure(); }

  // The version that serves.
  Result<LiveTable*> find(const std::string& name) const {
    for (const auto& module : modules_) {
      for (const auto& versions : module->versions()) {
        if (versions->name() == name) return &versions->serving();
      }
    }
    return not_found("this node has no table '" + name + "'");
  }

  Result<std::unique_ptr<TableWatch>> watch(const std::string& name, RowRange range) {
    MT_TRY(LiveTable * table, find(name));
    MT_CHECK_OK(upgrades_.check_watched(name, range));
    return watch_table(*table, checkpoints_, std::move(range));
  }

  Result<FoldReport> verify(const std::string& name, const OnFold& progress) const {
    MT_TRY(LiveTable * table, find(name));
    // Equal as far as it came would say nothing of what the log holds beyond.
    if (const std::string why = failure(table->module()); !why.empty()) {
      return failed_precondition("the tables of " + table->module().value +
                                 " have stopped: " + why);
    }
    return verify_table(env_, log_, checkpoints_, parked_, *table, progress);
  }

  // ---- changing ----

  void put_snapshot(PendingSnapshot pending) { snapshots_.add(std::move(pending)); }

  Result<void> let_go(const ModuleName& name, const LetGo& what) {
    const auto change = [&](KvWriter& kv) -> Result<void> {
      for (const StreamId& stream : what.snapshots) derived_.drop_snapshot(kv, name, stream);
      for (const auto& [holder, claim] : what.claims) derived_.free_claim(kv, name, holder, claim);
      return {};
    };
    return change_tables([&] {
      snapshots_.drop(name, what.snapshots);
      return env_.write(change);
    });
  }

  // ---- parked streams ----

  Result<std::vector<ParkedStream>> parked(const std::string& name) const {
    if (!name.empty()) MT_CHECK_OK(find(name));
    std::vector<ParkedStream> all;
    for (const auto& module : modules_) {
      for (const auto& table : module->versions()) {
        if (!name.empty() && table->name() != name) continue;
        MT_CHECK_OK(retry_.add_parked(table->serving(), all));
      }
    }
    return all;
  }

  Result<RetryReport> retry(const std::string& name, const StreamId& stream) {
    return between_batches<RetryReport>([&]() -> Result<RetryReport> {
      MT_TRY(LiveTable * table, find(name));
      return retry_.retry(*table, stream);
    });
  }

  Result<RetryReport> drop(const std::string& name, const StreamId& stream, Position position,
                           const Dropped& why) {
    return between_batches<RetryReport>([&]() -> Result<RetryReport> {
      MT_TRY(LiveTable * table, find(name));
      return retry_.drop(*table, stream, position, why);
    });
  }

 private:
  // Has the tables thread do it, and waits for what came of it.
  template <typename T>
  Result<T> between_batches(const std::function<Result<T>()>& work) {
    std::promise<Result<T>> done;
    auto result = done.get_future();
    if (!post([&] { done.set_value(work()); })) {
      return unavailable("the tables take no changes: " + failure());
    }
    return result.get();
  }

  Result<void> change_tables(const CopyBuild::Change& change) {
    MT_TRY(const bool done, between_batches<bool>([&]() -> Result<bool> {
             MT_CHECK_OK(change());
             return true;
           }));
    (void)done;
    return {};
  }

  // At the start: what the logs hold beyond the tables, which is all of it after the tables folder
  // was deleted.
  Result<void> catch_up(const OnFold& progress) {
    std::list<Behind> behind;
    for (const auto& module : modules_) {
      if (!module->has_work()) continue;
      behind.push_back({*module, FoldMeter(module->name().value, log_.head(module->name()),
                                           progress, module->applied())});
    }
    for (bool more = true; more && !is_stopping();) {
      MT_TRY(more, apply_batch());
      for (auto each = behind.begin(); each != behind.end();) {
        if (each->module.has_work()) {
          MT_CHECK_OK(each->meter.after_step(each->module.applied()));
          ++each;
        } else {
          tell_caught_up(*each);
          each = behind.erase(each);
        }
      }
    }
    return {};
  }

  void tell_caught_up(Behind& done) {
    done.meter.finish(done.module.applied());
    if (done.meter.seconds() < 1) return;
    logger_.info("log caught up", {{"module", done.module.name().value},
                                   {"position", done.module.applied().value},
                                   {"seconds", done.meter.seconds()}});
  }

  Result<void> catch_up() {
    for (bool more = true; more && !is_stopping();) {
      MT_TRY(more, apply_batch());
    }
    return {};
  }

  bool is_stopping() const {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  void run() {
    name_this_thread("mt-tables");
    for (;;) {
      std::deque<std::function<void()>> tasks;
      {
        std::unique_lock lock(mutex_);
        woken_.wait(lock, [this] { return stopping_ || awake_ || !tasks_.empty(); });
        awake_ = false;
        tasks.swap(tasks_);
        if (stopping_ && tasks.empty()) break;
      }
      for (const auto& task : tasks) task();
      if (const auto outcome = catch_up(); !outcome) {
        fail(outcome.error().message);
        break;
      }
    }
    // The last ones: posted while the thread was about to end.
    std::deque<std::function<void()>> tasks;
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      tasks.swap(tasks_);
    }
    for (const auto& task : tasks) task();
    give_up();
  }

  // False when the tables thread runs no more tasks.
  bool post(std::function<void()> task) {
    const std::lock_guard lock(mutex_);
    if (closed_ || stopping_) return false;
    tasks_.push_back(std::move(task));
    woken_.notify_one();
    return true;
  }

  // Applies what there is, at most a batch a module, in one transaction. True when there may be
  // more.
  Result<bool> apply_batch() {
    std::deque<PendingSnapshot> snapshots = snapshots_.take();
    std::vector<FollowedModule*> working;
    for (const auto& module : modules_) {
      if (module->has_work()) working.push_back(module.get());
    }
    if (working.empty() && snapshots.empty()) return false;

    MT_TRY(Applied applied, apply_to(working, snapshots));
    bool more = false;
    for (std::size_t i = 0; i < working.size(); ++i) {
      working[i]->publish(applied.steps[i].reached);
      if (working[i]->is_damaged()) note_failure(working[i]->failure());
      more = more || applied.steps[i].more;
    }
    note_routes();
    snapshots_.give_back(std::move(applied.early));
    return more;
  }

  // What one transaction did.
  struct Applied {
    std::vector<FollowedModule::Step> steps;  // of the working modules
    std::deque<PendingSnapshot> early;
  };

  Result<Applied> apply_to(const std::vector<FollowedModule*>& working,
                           std::deque<PendingSnapshot>& snapshots) {
    Applied applied;
    bool must_begin_again = false;
    const auto outcome = env_.write([&](KvWriter& kv) -> Result<void> {
      for (FollowedModule* module : working) {
        const auto step = module->apply(kv);
        must_begin_again = !step;
        if (must_begin_again) return aborted("a table cannot take back what it wrote");
        applied.steps.push_back(*step);
      }
      applied.early = put_snapshots(kv, std::move(snapshots));
      return {};
    });
    if (!must_begin_again) {
      MT_CHECK_OK(outcome);
      return applied;
    }
    // Each time one table more is careful, and a careful one does not ask for this.
    const auto kv = env_.read();
    for (FollowedModule* module : working) MT_CHECK_OK(module->begin_again(*kv));
    return apply_to(working, snapshots);
  }

  // Returns those whose events are not applied yet.
  std::deque<PendingSnapshot> put_snapshots(KvWriter& kv, std::deque<PendingSnapshot> snapshots) {
    std::deque<PendingSnapshot> early;
    for (PendingSnapshot& pending : snapshots) {
      const auto& [name, stream, snapshot] = pending;
      if (derived_.holds(kv, name, stream, snapshot.version)) {
        derived_.put_snapshot(kv, name, stream, snapshot);
      } else if (!module(name).is_damaged()) {
        early.push_back(std::move(pending));
      }
    }
    return early;
  }

  void note_routes() {
    StoreRoutes routes;
    for (const auto& module : modules_) module->add_routes(routes);
    views_.set(std::move(routes));
  }

  void note_failure(const std::string& why) {
    const std::lock_guard lock(mutex_);
    failure_ = why;
  }

  void fail(const std::string& why) {
    logger_.error("tables stopped", {{"reason", why}});
    note_failure(why);
    for (const auto& module : modules_) module->fail(why);
  }

  void give_up() {
    for (const auto& module : modules_) module->give_up();
  }

  const Logger logger_{"projections"};
  const TableSettings settings_;
  KvEnv& env_;
  const EventLog& log_;
  DerivedStore& derived_;
  Checkpoints checkpoints_;
  ParkedStore parked_;
  const CopyBuild::Ports copies_{env_, log_, checkpoints_, parked_, settings_.rebuild_memory};
  TableBuilder builder_{copies_};
  ParkedRetry retry_{env_, log_, derived_, parked_};
  std::vector<std::unique_ptr<FollowedModule>> modules_;
  std::map<ModuleName, FollowedModule*> by_name_;

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = true;  // the first round catches up
  bool stopping_ = false;
  bool closed_ = true;  // no thread takes tasks
  std::deque<std::function<void()>> tasks_;
  PendingSnapshots snapshots_;
  std::string failure_;
  RoutedViews views_{env_};
  TableUpgrades upgrades_{{copies_, [this](const auto& change) { return change_tables(change); },
                           [this] { note_routes(); }},
                          modules_};

  std::thread thread_;
};

LiveTables::LiveTables(KvEnv& env, const EventLog& log, DerivedStore& derived,
                       std::vector<TableModule> modules, const TableSettings& settings)
    : impl_(std::make_unique<Impl>(env, log, derived, std::move(modules), settings)) {}

LiveTables::~LiveTables() = default;

Result<void> LiveTables::open(const OnFold& progress) {
  Result<void> outcome = impl_->open(progress);
  give_back_memory();
  return outcome;
}
void LiveTables::start() { impl_->start(); }
void LiveTables::wake() { impl_->wake(); }
void LiveTables::stop() { impl_->stop(); }

void LiveTables::when_applied(const ModuleName& module, Position position,
                              std::function<void(bool)> done) {
  impl_->module(module).waiters().wait(position, std::move(done));
}

Position LiveTables::applied(const ModuleName& module) const {
  return impl_->module(module).waiters().applied();
}

void LiveTables::put_snapshot(const ModuleName& module, const StreamId& stream,
                              StoredSnapshot snapshot) {
  impl_->put_snapshot({module, stream, std::move(snapshot)});
}

Result<void> LiveTables::let_go(const ModuleName& module, const LetGo& what) {
  return impl_->let_go(module, what);
}

std::unique_ptr<KvReader> LiveTables::open_view() const { return impl_->open_view(); }
Result<std::unique_ptr<TableWatch>> LiveTables::watch(const std::string& table, RowRange range) {
  return impl_->watch(table, std::move(range));
}
std::vector<TableState> LiveTables::states() const { return impl_->states(); }
TableUpgrades& LiveTables::upgrades() { return impl_->upgrades(); }
std::string LiveTables::failure() const { return impl_->failure(); }
std::string LiveTables::failure(const ModuleName& module) const { return impl_->failure(module); }

Result<const TableBase*> LiveTables::table(const std::string& name) const {
  MT_TRY(const LiveTable* found, impl_->find(name));
  return &found->projection().table();
}

bool LiveTables::is_rebuilding(const ModuleName& module) const {
  return impl_->module(module).rebuilds() > 0;
}

Result<FoldReport> LiveTables::rebuild(const std::string& table, const OnFold& progress) {
  Result<FoldReport> report = impl_->upgrades().rebuild(table, progress);
  give_back_memory();
  return report;
}

Result<std::vector<ParkedStream>> LiveTables::parked(const std::string& table) const {
  return impl_->parked(table);
}
Result<RetryReport> LiveTables::retry(const std::string& table, const StreamId& stream) {
  return impl_->retry(table, stream);
}
Result<RetryReport> LiveTables::drop(const std::string& table, const StreamId& stream,
                                     Position position, const Dropped& why) {
  return impl_->drop(table, stream, position, why);
}

Result<FoldReport> LiveTables::verify(const std::string& table, const OnFold& progress) const {
  Result<FoldReport> report = impl_->verify(table, progress);
  give_back_memory();
  return report;
}

}  // namespace mt
