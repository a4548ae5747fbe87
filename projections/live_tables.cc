#include "projections/live_tables.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "events/base/check.h"
#include "events/base/log.h"
#include "events/base/thread_name.h"
#include "projections/applied_waiters.h"
#include "projections/checkpoints.h"
#include "projections/live_table.h"
#include "projections/rebuild.h"

namespace mt {
namespace {

// A transaction takes at most this many records of a module, so that readers see news soon.
constexpr std::size_t kBatchRecords = 8192;

struct PendingSnapshot {
  ModuleName module;
  StreamId stream;
  StoredSnapshot snapshot;
};

// One module as the tables thread sees it.
struct FollowedModule {
  ModuleName name;
  std::vector<std::unique_ptr<LiveTable>> tables;
  AppliedWaiters waiters;
  Position applied;     // the tables thread's; after start
  std::string damaged;  // why its log cannot be read on; empty while it can
  std::string failure;  // the same for all to see, or why the thread stopped; under the mutex
};

}  // namespace

class LiveTables::Impl {
 public:
  Impl(KvEnv& env, const EventLog& log, DerivedStore& derived, std::vector<TableModule> modules)
      : env_(env), log_(log), derived_(derived) {
    for (TableModule& given : modules) {
      FollowedModule& module = *modules_.emplace_back(std::make_unique<FollowedModule>());
      module.name = given.name;
      for (auto& projection : given.projections) {
        module.tables.push_back(
            std::make_unique<LiveTable>(given.name, given.upcasters, std::move(projection)));
      }
      by_name_.emplace(module.name, &module);
    }
  }

  ~Impl() { stop(); }

  // ---- start ----

  Result<void> open(const OnFold& progress) {
    MT_CHECK_OK(checkpoints_.open(env_));
    for (const auto& module : modules_) {
      MT_CHECK_OK(derived_.open(module->name));
      for (const auto& table : module->tables) {
        Projection& projection = table->projection();
        MT_TRY(std::vector<StoreId> stores, projection.table().open(env_, projection.version()));
        projection.table().bind(std::move(stores));
      }
    }
    for (const auto& module : modules_) {
      MT_CHECK_OK(find_applied(*module));
      for (const auto& table : module->tables) MT_CHECK_OK(bring_level(*module, *table, progress));
    }
    MT_CHECK_OK(catch_up());
    for (const auto& module : modules_) publish(*module, module->applied);
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

  std::unique_ptr<KvReader> read() const { return env_.read(); }

  std::vector<TableState> states() const {
    const auto kv = env_.read();
    std::vector<TableState> states;
    for (const auto& module : modules_) {
      for (const auto& table : module->tables) states.push_back(table->state(*kv));
    }
    return states;
  }

  std::string failure() const {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

  std::string failure(const ModuleName& name) const {
    const FollowedModule& asked = module(name);
    const std::lock_guard lock(mutex_);
    return asked.failure;
  }

  Result<LiveTable*> find(const std::string& name) const {
    for (const auto& module : modules_) {
      for (const auto& table : module->tables) {
        if (table->name() == name) return table.get();
      }
    }
    return not_found("this node has no table '" + name + "'");
  }

  Result<FoldReport> verify(const std::string& name, const OnFold& progress) const {
    MT_TRY(LiveTable * table, find(name));
    // Equal as far as it came would say nothing of what the log holds beyond.
    if (const std::string why = failure(table->module()); !why.empty()) {
      return failed_precondition("the tables of " + table->module().value +
                                 " have stopped: " + why);
    }
    return verify_table(env_, log_, checkpoints_, *table, progress);
  }

  // ---- changing ----

  void put_snapshot(PendingSnapshot pending) {
    const std::lock_guard lock(mutex_);
    snapshots_.push_back(std::move(pending));
  }

  Result<FoldReport> rebuild(const std::string& name, const OnFold& progress) {
    MT_TRY(LiveTable * table, find(name));
    FoldedTable folded(log_, *table, log_.head(table->module()), progress);
    // No further than the other tables are: what comes later will be applied to this one too.
    MT_CHECK_OK(folded.advance(module(table->module()).waiters.applied()));
    // The rest, and the change, between two batches of the tables thread.
    std::promise<Result<FoldReport>> done;
    auto result = done.get_future();
    if (!post([&] { done.set_value(replace(folded, *table)); })) {
      return unavailable("the tables take no changes: " + failure());
    }
    MT_TRY(FoldReport report, result.get());
    folded.finish();
    return report;
  }

 private:
  Result<FoldReport> replace(FoldedTable& folded, LiveTable& table) {
    const Position applied = module(table.module()).applied;
    MT_CHECK_OK(folded.advance(applied));
    MT_CHECK_OK(env_.write([&](KvWriter& kv) -> Result<void> {
      folded.replace(kv);
      checkpoints_.put(kv, table.key(), applied, {});
      return {};
    }));
    table.set("live", applied);
    FoldReport report;
    report.table = table.name();
    report.position = applied;
    report.rows = folded.rows();
    report.table_hash = report.log_hash = folded.hash();
    report.seconds = folded.seconds();
    return report;
  }

  // At the start: how far the derived state and the tables have come.
  Result<void> find_applied(FollowedModule& module) const {
    const auto view = derived_.view();
    module.applied = view->applied(module.name);
    MT_CHECK_OK(view->status());
    return check_not_beyond(module.name, module.applied, log_.head(module.name));
  }

  // At the start: a table that is not as far as the derived state is built anew.
  Result<void> bring_level(FollowedModule& module, LiveTable& table, const OnFold& progress) {
    MT_TRY(const auto checkpoint, read_checkpoint(table));
    if (checkpoint && !checkpoint->failure().empty()) {
      table.set("failed", {checkpoint->position()}, checkpoint->failure());
      return {};
    }
    if (checkpoint && checkpoint->position() == module.applied.value) {
      table.set("live", module.applied);
      return {};
    }
    table.set("building", {});
    FoldedTable folded(log_, table, module.applied, progress);
    const Result<void> outcome = folded.advance(module.applied);
    if (!outcome && outcome.error().code == Code::kCancelled) return outcome;
    if (outcome) {
      MT_TRY(const FoldReport report, replace(folded, table));
      folded.finish();
      // A first start has only empty ones to tell of.
      if (module.applied.value == 0) return {};
      logger_.info("table built", {{"table", report.table},
                                   {"rows", report.rows},
                                   {"position", report.position.value},
                                   {"seconds", report.seconds}});
      return {};
    }
    return env_.write([&](KvWriter& kv) -> Result<void> {
      mark_failed(kv, table, {}, outcome.error().message);
      return {};
    });
  }

  Result<std::optional<Checkpoints::Checkpoint>> read_checkpoint(const LiveTable& table) const {
    const auto kv = env_.read();
    auto checkpoint = checkpoints_.get(*kv, table.key());
    MT_CHECK_OK(kv->status());
    return checkpoint;
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
    bool more = false;
    std::deque<PendingSnapshot> snapshots;
    {
      const std::lock_guard lock(mutex_);
      snapshots.swap(snapshots_);
    }
    std::vector<FollowedModule*> grown;
    for (const auto& module : modules_) {
      const bool has_news = module->damaged.empty() && log_.head(module->name) > module->applied;
      if (has_news) grown.push_back(module.get());
    }
    if (grown.empty() && snapshots.empty()) return false;

    std::vector<Position> reached;
    MT_CHECK_OK(env_.write([&](KvWriter& kv) -> Result<void> {
      for (FollowedModule* module : grown) reached.push_back(apply_module(*module, kv, more));
      for (const PendingSnapshot& pending : snapshots) {
        derived_.put_snapshot(kv, pending.module, pending.stream, pending.snapshot);
      }
      return {};
    }));
    for (std::size_t i = 0; i < grown.size(); ++i) publish(*grown[i], reached[i]);
    return more;
  }

  // Applies one module's records; returns the position that its tables hold once committed.
  Position apply_module(FollowedModule& module, KvWriter& kv, bool& more) {
    Position at = module.applied;
    std::size_t records = 0;
    const auto outcome = log_.scan(module.name, at + 1, [&](const CommitRecord& record) {
      // The transaction is lost: what is read in it now may not be so.
      if (!kv.status()) return Scan::kStop;
      derived_.apply(kv, module.name, record);
      for (const auto& table : module.tables) apply_to_table(*table, record, at, kv);
      at = record.last();
      return ++records < kBatchRecords ? Scan::kGoOn : Scan::kStop;
    });
    more = more || records == kBatchRecords;
    if (!outcome) {
      module.damaged = outcome.error().message;
      logger_.error("log cannot be followed",
                    {{"module", module.name.value}, {"reason", module.damaged}});
    }
    for (const auto& table : module.tables) {
      if (!table->is_failed()) checkpoints_.put(kv, table->key(), at, {});
    }
    return at;
  }

  void apply_to_table(LiveTable& table, const CommitRecord& record, Position after, KvWriter& kv) {
    if (table.is_failed()) return;
    const auto applied =
        apply_record(table.module(), record, after, table.upcasters(), table.projection(), kv);
    if (!applied && kv.status()) mark_failed(kv, table, after, applied.error().message);
  }

  void mark_failed(KvWriter& kv, LiveTable& table, Position position, const std::string& why) {
    checkpoints_.put(kv, table.key(), position, why);
    table.set("failed", position, why);
    logger_.error("table stopped", {{"table", table.name()}, {"reason", why}});
  }

  // After the commit: what the module's tables hold now is for all to see.
  void publish(FollowedModule& module, Position reached) {
    module.applied = reached;
    for (const auto& table : module.tables) {
      if (!table->is_failed()) table->set("live", reached);
    }
    module.waiters.reached(reached);
    if (module.damaged.empty()) return;
    {
      const std::lock_guard lock(mutex_);
      failure_ = module.failure = module.damaged;
    }
    module.waiters.give_up();
  }

  void fail(const std::string& why) {
    logger_.error("tables stopped", {{"reason", why}});
    const std::lock_guard lock(mutex_);
    failure_ = why;
    for (const auto& module : modules_) {
      if (module->failure.empty()) module->failure = why;
    }
  }

  void give_up() {
    for (const auto& module : modules_) module->waiters.give_up();
  }

  const Logger logger_{"projections"};
  KvEnv& env_;
  const EventLog& log_;
  DerivedStore& derived_;
  Checkpoints checkpoints_;
  std::vector<std::unique_ptr<FollowedModule>> modules_;
  std::map<ModuleName, FollowedModule*> by_name_;

  mutable std::mutex mutex_;
  std::condition_variable woken_;
  bool awake_ = true;  // the first round catches up
  bool stopping_ = false;
  bool closed_ = true;  // no thread takes tasks
  std::deque<std::function<void()>> tasks_;
  std::deque<PendingSnapshot> snapshots_;
  std::string failure_;

  std::thread thread_;
};

LiveTables::LiveTables(KvEnv& env, const EventLog& log, DerivedStore& derived,
                       std::vector<TableModule> modules)
    : impl_(std::make_unique<Impl>(env, log, derived, std::move(modules))) {}

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
  impl_->module(module).waiters.wait(position, std::move(done));
}

Position LiveTables::applied(const ModuleName& module) const {
  return impl_->module(module).waiters.applied();
}

void LiveTables::put_snapshot(const ModuleName& module, const StreamId& stream,
                              StoredSnapshot snapshot) {
  impl_->put_snapshot({module, stream, std::move(snapshot)});
}

std::unique_ptr<KvReader> LiveTables::read() const { return impl_->read(); }
std::vector<TableState> LiveTables::states() const { return impl_->states(); }
std::string LiveTables::failure() const { return impl_->failure(); }
std::string LiveTables::failure(const ModuleName& module) const { return impl_->failure(module); }

Result<FoldReport> LiveTables::rebuild(const std::string& table, const OnFold& progress) {
  Result<FoldReport> report = impl_->rebuild(table, progress);
  give_back_memory();
  return report;
}

Result<FoldReport> LiveTables::verify(const std::string& table, const OnFold& progress) const {
  Result<FoldReport> report = impl_->verify(table, progress);
  give_back_memory();
  return report;
}

}  // namespace mt
