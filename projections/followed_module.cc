#include "projections/followed_module.h"

#include <algorithm>
#include <utility>

#include "projections/derived_builder.h"
#include "projections/fold.h"
#include "projections/noting_writer.h"

namespace mt {
namespace {

// A transaction takes at most this many records of a module, so that readers see news soon, and
// forgets the commands of at most this many.
constexpr std::size_t kBatchRecords = 8192;
constexpr std::size_t kForgottenRecords = 2048;

template <typename Apply>
auto apply_noting(KvWriter& kv, RowNotes* notes, const Apply& apply) {
  if (notes == nullptr) return apply(kv);
  NotingWriter noting(kv, *notes);
  return apply(noting);
}

}  // namespace

FollowedModule::FollowedModule(TableModule given, Ports ports)
    : name_(std::move(given.name)), remembered_(given.remembered), ports_(ports) {
  for (const auto& projection : given.projections) {
    const std::string table = projection->table().name();
    std::vector<LiveTable*> versions{add(given.upcasters, projection)};
    for (const auto& earlier : given.earlier) {
      if (earlier->table().name() == table) versions.push_back(add(given.upcasters, earlier));
    }
    versions_.push_back(std::make_unique<TableVersions>(std::move(versions)));
  }
}

LiveTable* FollowedModule::add(const Upcasters* upcasters,
                               const std::shared_ptr<Projection>& projection) {
  return tables_.emplace_back(std::make_unique<LiveTable>(name_, upcasters, projection)).get();
}

Result<void> FollowedModule::open(KvEnv& env, const OnFold& progress) {
  MT_CHECK_OK(ports_.derived.open(name_, remembered_));
  MT_CHECK_OK(bring_current(env, ports_.log, ports_.derived, name_, progress));
  for (const auto& table : tables_) MT_CHECK_OK(table->open(env, ports_.checkpoints));
  for (const auto& versions : versions_) MT_CHECK_OK(versions->choose(env, ports_.checkpoints));
  const auto kv = env.read();
  remembered_from_ = ports_.derived.remembered_from(*kv, name_);
  read_parked(*kv);
  return kv->status();
}

void FollowedModule::read_parked(const KvReader& kv) {
  for (const auto& table : tables_) table->parked() = ports_.parked.load(kv, table->key());
}

Result<void> FollowedModule::find_applied() {
  const auto view = ports_.derived.view();
  applied_ = view->applied(name_);
  MT_CHECK_OK(view->status());
  const Position head = ports_.log.head(name_);
  MT_CHECK_OK(check_not_beyond(name_, applied_, head));
  // A log that cannot be read to its end is met again when its end is applied.
  if (const auto last = ports_.log.at(name_, head)) newest_ = last->time;
  return {};
}

bool FollowedModule::has_work() const {
  return damaged_.empty() && (must_forget_ || ports_.log.head(name_) > applied_);
}

std::optional<FollowedModule::Step> FollowedModule::apply(KvWriter& kv) {
  const Position forgotten = remembered_from_;
  notes_.clear();
  for (const auto& table : tables_) notes_.push_back(table->changes().begin());
  Position at = applied_;
  std::size_t records = 0;
  bool must_begin_again = false;
  const auto outcome = ports_.log.scan(name_, at + 1, [&](const CommitRecord& record) {
    // The transaction is lost: what is read in it now may not be so.
    if (!kv.status()) return Scan::kStop;
    must_begin_again = !apply_record(kv, record, at);
    if (must_begin_again) return Scan::kStop;
    at = record.last();
    return ++records < kBatchRecords ? Scan::kGoOn : Scan::kStop;
  });
  if (must_begin_again) return std::nullopt;
  if (!outcome) {
    damaged_ = outcome.error().message;
    logger_.error("log cannot be followed", {{"module", name_.value}, {"reason", damaged_}});
  }
  put_marks(kv, at, forgotten);
  return Step{at, records == kBatchRecords || must_forget_};
}

void FollowedModule::put_marks(KvWriter& kv, Position at, Position forgotten) {
  for (const auto& table : tables_) {
    if (!table->is_followed() || table->is_failed()) continue;
    ports_.checkpoints.put(kv, table->copy().key, at, {});
    if (!table->parked().is_changed()) continue;
    ports_.parked.save(kv, table->key(), table->parked());
    table->parked().set_stored();
  }
  must_forget_ = forget(kv, at);
  if (remembered_from_ != forgotten) {
    ports_.derived.set_remembered_from(kv, name_, remembered_from_);
  }
}

bool FollowedModule::apply_record(KvWriter& kv, const CommitRecord& record, Position after) {
  newest_ = std::max(newest_, record.time);
  ports_.derived.apply(kv, name_, record, newest_);
  // Forgotten before it was ever remembered, when an old log is folded again.
  if (record.first == remembered_from_ && is_old(record)) remembered_from_ = record.last() + 1;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    LiveTable& table = *tables_[i];
    if (!table.is_followed() || table.is_failed()) continue;
    const Result<Folded> folded = apply_noting(kv, notes_[i], [&](KvWriter& writer) {
      return mt::apply_record(table, record, after, table.parked(), {writer, table.routes()});
    });
    if (!folded && kv.status()) {
      stop_table(ports_.checkpoints, kv, table, after, folded.error().message);
    }
    if (folded && *folded == Folded::kBeginAgain) return false;
  }
  return true;
}

Result<void> FollowedModule::begin_again(const KvReader& kv) {
  damaged_.clear();
  oldest_.reset();
  ports_.derived.begin_again(name_);
  remembered_from_ = ports_.derived.remembered_from(kv, name_);
  for (const auto& table : tables_) {
    const bool is_careful = table->parked().is_careful();
    table->parked() = ports_.parked.load(kv, table->key());
    if (is_careful) table->parked().be_careful();
    const auto stored = ports_.checkpoints.get(kv, table->copy().key);
    if (table->is_followed() && table->is_failed() && stored && stored->failure().empty())
      table->set_reached(applied_);
  }
  return kv.status();
}

// True when some are left for the next transaction. Goes by the times in the log, not by the clock,
// so that a fold of the log from its start remembers the same.
bool FollowedModule::forget(KvWriter& kv, Position applied) {
  if (!forgets_ || remembered_from_ > applied) return false;
  if (oldest_ && newest_ - *oldest_ < remembered_) return false;
  std::size_t records = 0;
  const auto read = ports_.log.scan(name_, remembered_from_, [&](const CommitRecord& record) {
    oldest_ = record.time;
    if (record.last() > applied || !is_old(record)) return Scan::kStop;
    ports_.derived.forget(kv, name_, record, newest_);
    remembered_from_ = record.last() + 1;
    return ++records < kForgottenRecords ? Scan::kGoOn : Scan::kStop;
  });
  if (!read) {
    forgets_ = false;
    logger_.error("old commands are not dropped any more",
                  {{"module", name_.value}, {"reason", read.error().message}});
  }
  return forgets_ && records == kForgottenRecords;
}

void FollowedModule::publish(Position reached) {
  applied_ = reached;
  for (const auto& table : tables_) {
    if (table->is_followed() && !table->is_failed()) table->set_reached(reached);
    table->changes().publish(table->checkpoint());
  }
  waiters_.reached(reached);
  if (damaged_.empty()) return;
  fail(damaged_);
  waiters_.give_up();
}

std::string FollowedModule::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void FollowedModule::fail(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (failure_.empty()) failure_ = why;
  }
  end_watches(unavailable("the tables of " + name_.value + " have stopped: " + why));
}

void FollowedModule::give_up() {
  waiters_.give_up();
  end_watches(unavailable("the server is stopping; try again soon"));
}

void FollowedModule::end_watches(const Error& why) {
  for (const auto& table : tables_) table->changes().close(why);
}

std::string FollowedModule::why_missing(const LiveTable& table) const {
  if (!damaged_.empty()) {
    return "table " + table.name() + " holds the log of " + name_.value + " up to position " +
           std::to_string(applied_.value) + " only: " + damaged_;
  }
  if (!table.is_failed() || table.checkpoint() != Position{}) return {};
  return "table " + table.name() + " could not be built: " + table.failure();
}

void FollowedModule::add_routes(StoreRoutes& routes) const {
  for (const auto& versions : versions_) {
    versions->add_routes(routes);
    const std::string why = why_missing(versions->serving());
    if (why.empty()) continue;
    for (const StoreId store : versions->newest().stores()) routes.close(store, why);
  }
}

}  // namespace mt
