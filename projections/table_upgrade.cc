#include "projections/table_upgrade.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "projections/counted.h"
#include "projections/table_diff.h"

namespace mt {
namespace {

using Steady = std::chrono::steady_clock;

// A plan folds so much of the log to see how fast that goes, and what it takes.
constexpr std::uint64_t kSampleEvents = 20'000;

// Pages are seldom full, and hold more than keys and values.
constexpr double kDiskPerMemory = 1.5;

// Enough to see what is different.
constexpr std::size_t kToldDifferences = 10;

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

// Listed while it is built.
class Filling {
 public:
  explicit Filling(LiveTable& table) : table_(table) { table_.set_filling(true); }
  ~Filling() { table_.set_filling(false); }
  Filling(const Filling&) = delete;
  Filling& operator=(const Filling&) = delete;

 private:
  LiveTable& table_;
};

Error is_busy(const std::string& table) {
  return failed_precondition("a version of table " + table +
                             " is being built or dropped just now; try again when that is done");
}

std::string streams_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " stream" : " streams");
}

// The first event, by position, of a stream that the new version leaves out and the old one does
// not.
std::string parked_text(const ParkedStreams& next, const ParkedStreams& old,
                        std::uint32_t version) {
  const StreamId* stream = nullptr;
  const ParkedEvent* first = nullptr;
  std::size_t count = 0;
  for (const auto& [id, event] : next.streams()) {
    if (old.find(id) != nullptr) continue;
    ++count;
    if (first != nullptr && first->position < event.position) continue;
    stream = &id;
    first = &event;
  }
  if (first == nullptr) return {};
  return "version " + std::to_string(version) + " cannot apply the events of " +
         streams_text(count) + ", the first " + to_string(*stream) + " at position " +
         std::to_string(first->position.value) + " (" + first->type + "): " + first->why +
         "; mend the projection";
}

// Others are no fault of the version: whoever asked has left, the disk is full, the log is damaged,
// the container stops.
bool is_of_the_fold(Code code) {
  constexpr std::array kOthers = {Code::kCancelled, Code::kResourceExhausted, Code::kAborted,
                                  Code::kUnavailable, Code::kDataLoss};
  return std::ranges::find(kOthers, code) == kOthers.end();
}

std::string differences_text(const TableDiff& diff) {
  return std::to_string(diff.added) + " rows are added, " + std::to_string(diff.changed) +
         " changed, " + std::to_string(diff.lost) +
         " lost; if that is what the new version is for, say --accept-differences";
}

}  // namespace

Result<UpgradeReport> TableUpgrade::upgrade(const UpgradeOptions& options,
                                            const OnUpgradePlan& on_plan, const OnFold& progress) {
  const std::unique_lock changing(versions_.changing(), std::try_to_lock);
  if (!changing) return is_busy(versions_.name());
  UpgradeReport report;
  auto planned = plan();
  if (!planned && !options.only_plan) note_failure(report, planned.error());
  MT_TRY(report.plan, std::move(planned));
  if (on_plan) on_plan(report.plan);
  report.is_serving = report.plan.from == report.plan.to;
  if (options.only_plan || report.is_serving) return report;
  Result<void> outcome = build(report, progress);
  if (outcome) outcome = compare(report);
  if (outcome) outcome = gate(report, options);
  if (outcome && report.refused.empty() && !options.rehearses) outcome = cut_over(report);
  tidy_up();
  note_failure(report, outcome);
  MT_CHECK_OK(outcome);
  return report;
}

void TableUpgrade::tidy_up() {
  if (const auto dropped = drop_aside(); !dropped) {
    logger_.warn("a version that does not serve is cleared at the next start",
                 {{"table", versions_.name()}, {"reason", dropped.error().message}});
  }
}

void TableUpgrade::note_failure(const UpgradeReport& report, const Result<void>& outcome) {
  const bool is_at_fault = outcome ? report.has_failed : is_of_the_fold(outcome.error().code);
  if (!is_at_fault) return;
  const std::string why = outcome ? report.refused : outcome.error().message;
  versions_.newest().set("failed", {}, why);
  logger_.error(
      "version failed",
      {{"table", versions_.name()}, {"version", versions_.newest().version()}, {"reason", why}});
}

Result<UpgradePlan> TableUpgrade::plan() const {
  LiveTable& next = versions_.newest();
  const LiveTable& old = versions_.serving();
  UpgradePlan plan{versions_.name(), old.version(), next.version(), module_.waiters().applied()};
  if (plan.from == plan.to) return plan;
  const Position sample{std::min(plan.head.value, kSampleEvents)};
  const OnFold nobody;
  FoldedTable folded(ports_.copies.log, next, sample, nobody, {});
  MT_CHECK_OK(folded.advance(sample));
  const double share =
      sample.value == 0 ? 0
                        : static_cast<double>(plan.head.value) / static_cast<double>(sample.value);
  plan.seconds = folded.seconds() * share;
  plan.bytes =
      static_cast<std::uint64_t>(static_cast<double>(folded.bytes()) * share * kDiskPerMemory);
  return plan;
}

Result<void> TableUpgrade::build(UpgradeReport& report, const OnFold& progress) {
  LiveTable& next = versions_.newest();
  // From here on a start takes the one that serves now, though the other one is built.
  MT_CHECK_OK(ports_.on_tables_thread(
      [this] { return put_serving(versions_.serving(), versions_.former()); }));
  next.set("building", {});
  const Filling listed(next);
  const Counted building(module_.rebuilds());
  MT_TRY(ParkedStreams dropped, only_dropped(ports_.copies.env, ports_.copies.parked, next));
  CopyBuild build(ports_.copies, next, ports_.copies.log.head(module_.name()), progress,
                  std::move(dropped), ports_.on_tables_thread);
  MT_TRY(const FoldReport built, build.run([this] { return module_.waiters().applied(); },
                                           [&]() -> Result<void> {
                                             MT_CHECK_OK(build.cut_over(module_.applied()));
                                             next.set_role(TableRole::kBuilt);
                                             return {};
                                           }));
  report.seconds = built.seconds;
  return {};
}

Result<void> TableUpgrade::compare(UpgradeReport& report) const {
  const auto kv = ports_.copies.env.read();
  const Checkpoints& checkpoints = ports_.copies.checkpoints;
  const TableCopy& old = versions_.serving().copy_in(*kv, checkpoints);
  const TableCopy& next = versions_.newest().copy_in(*kv, checkpoints);
  const auto checkpoint = checkpoints.get(*kv, next.key);
  if (checkpoint) report.position = {checkpoint->position()};
  report.rows = kv->size(next.stores.front());
  // Of the rows alone: which indexes there are is the version's own.
  report.diff =
      diff_tables(*kv, {old.stores.front()}, *kv, {next.stores.front()}, kToldDifferences);
  return kv->status();
}

Result<void> TableUpgrade::gate(UpgradeReport& report, const UpgradeOptions& options) const {
  MT_CHECK_OK(ports_.on_tables_thread([&]() -> Result<void> {
    report.refused = why_failed();
    return {};
  }));
  report.has_failed = !report.refused.empty();
  if (report.has_failed || report.diff.is_empty() || options.accepts_differences) return {};
  report.refused = differences_text(report.diff);
  return {};
}

std::string TableUpgrade::why_failed() const {
  LiveTable& next = versions_.newest();
  if (next.is_failed()) return next.failure();
  return parked_text(next.parked(), versions_.serving().parked(), next.version());
}

Result<void> TableUpgrade::cut_over(UpgradeReport& report) {
  LiveTable& next = versions_.newest();
  return ports_.on_tables_thread([&]() -> Result<void> {
    // Since the gate, events have come.
    report.refused = why_failed();
    report.has_failed = !report.refused.empty();
    if (report.has_failed) return {};
    const Steady::time_point start = Steady::now();
    MT_CHECK_OK(put_serving(next, &versions_.serving()));
    report.is_serving = true;
    report.cut_over_seconds = seconds_since(start);
    return {};
  });
}

Result<void> TableUpgrade::put_serving(LiveTable& table, LiveTable* former) {
  MT_CHECK_OK(ports_.copies.env.write([&](KvWriter& kv) -> Result<void> {
    ports_.copies.checkpoints.put_live_version(kv, versions_.name(), table.version(),
                                               former == nullptr ? 0 : former->version());
    return {};
  }));
  std::optional<TableChanges::Replacing> replacing;  // until queries are shown the way
  if (&table != &versions_.serving()) replacing.emplace(table.changes(), table.checkpoint());
  versions_.serve(table, former);
  ports_.note_routes();
  return {};
}

Result<RollbackReport> TableUpgrade::rollback() {
  const std::unique_lock changing(versions_.changing(), std::try_to_lock);
  if (!changing) return is_busy(versions_.name());
  LiveTable* former = versions_.former();
  if (former == nullptr) {
    return failed_precondition("table " + versions_.name() +
                               " has no earlier version that follows the log, to go back to");
  }
  if (former->is_failed()) return failed_precondition(former->failure());
  RollbackReport report{versions_.name(), versions_.serving().version(), former->version(), {}, 0};
  MT_CHECK_OK(ports_.on_tables_thread([&]() -> Result<void> {
    const Steady::time_point start = Steady::now();
    MT_CHECK_OK(put_serving(*former, nullptr));
    report.position = former->checkpoint();
    report.seconds = seconds_since(start);
    return {};
  }));
  tidy_up();
  return report;
}

Result<void> TableUpgrade::purge(std::uint32_t version) {
  const std::unique_lock changing(versions_.changing(), std::try_to_lock);
  if (!changing) return is_busy(versions_.name());
  const LiveTable* former = versions_.former();
  LiveTable* chosen = versions_.find(version);
  const std::string name = Checkpoints::key_of(versions_.name(), version);
  if (versions_.serving().version() == version) {
    return failed_precondition(name + " is the version that serves");
  }
  if (chosen == nullptr || !chosen->is_listed()) {
    return not_found("there is no " + name + " that could be dropped");
  }
  if (chosen == former) {
    MT_CHECK_OK(ports_.on_tables_thread([&] { return put_serving(versions_.serving(), nullptr); }));
  }
  return drop_aside();
}

Result<void> TableUpgrade::drop_aside() {
  // One that was built and does not serve stands aside again, so that no batch is applied to it.
  MT_CHECK_OK(ports_.on_tables_thread([&]() -> Result<void> {
    versions_.serve(versions_.serving(), versions_.former());
    return {};
  }));
  for (LiveTable* table : versions_.all()) {
    if (table->is_followed()) continue;
    MT_CHECK_OK(ports_.on_tables_thread(
        [&] { return drop_version(ports_.copies.env, ports_.copies.checkpoints, *table); }));
  }
  return {};
}

}  // namespace mt
