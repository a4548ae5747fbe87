#include "projections/copy_build.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "projections/table_hash.h"

namespace mt {
namespace {

// So much is written in one transaction, for which a batch of events has to wait.
constexpr std::size_t kPieceBytes = std::size_t{4} << 20;

// With so few events left, they are folded by the tables thread as a part of the change.
constexpr std::uint64_t kFewEvents = 2'048;
constexpr int kMostRounds = 8;

std::shared_ptr<const StoreRoutes> routes_to(const LiveTable& table, const TableCopy& target) {
  auto routes = std::make_shared<StoreRoutes>();
  routes->lead(table.stores(), target.stores);
  return routes;
}

// The changes of a fold on their way into a copy, a piece at a time, in the order of the keys.
class Pieces {
 public:
  // `is_first`: the copy is empty.
  Pieces(const OverlayStores& changes, const std::vector<StoreId>& from,
         const std::vector<StoreId>& to, bool is_first)
      : changes_(changes), from_(from), to_(to), is_first_(is_first) {}

  bool is_done() const { return store_ == from_.size(); }
  void write(KvWriter& kv, std::size_t most_bytes) {
    std::size_t bytes = 0;
    while (!is_done() && bytes < most_bytes && kv.status()) bytes += write_entry(kv);
  }

 private:
  const SortedEntries& entries() const {
    return erases_ ? changes_.erased_from(from_[store_]) : changes_.put_in(from_[store_]);
  }

  // Returns its bytes; none when there is nothing more in the store.
  std::size_t write_entry(KvWriter& kv) {
    if (entries().is_end(at_)) {
      at_ = {};
      if (!erases_) ++store_;
      erases_ = !erases_;
      return 0;
    }
    const auto [key, value] = entries().at(at_);
    if (erases_) {
      kv.erase(to_[store_], key);
    } else if (is_first_) {
      kv.append(to_[store_], key, value);
    } else {
      kv.put(to_[store_], key, value);
    }
    at_ = entries().next(at_);
    return key.size() + value.size();
  }

  const OverlayStores& changes_;
  const std::vector<StoreId>& from_;
  const std::vector<StoreId>& to_;
  const bool is_first_;
  std::size_t store_ = 0;
  bool erases_ = true;  // first what is erased of a store, then what is put
  SortedEntries::Place at_;
};

}  // namespace

CopyBuild::CopyBuild(const Ports& ports, LiveTable& table, Position head, const OnFold& progress,
                     ParkedStreams dropped, OnTablesThread on_tables_thread)
    : ports_(ports),
      table_(table),
      target_(table.is_stored() ? table.spare() : table.copy()),
      on_tables_thread_(std::move(on_tables_thread)),
      routes_(routes_to(table, target_)),
      folded_(ports.log, table, head, progress, std::move(dropped), ports.most_bytes) {}

Result<void> CopyBuild::fill(Position to) {
  while (folded_.position() < to) MT_CHECK_OK(fold_some(to));
  return {};
}

Result<void> CopyBuild::fold_some(Position to) {
  MT_CHECK_OK(folded_.advance(to));
  return folded_.bytes() > std::min(kPieceBytes, ports_.most_bytes) ? lay_down() : Result<void>();
}

Result<void> CopyBuild::lay_down() {
  folded_.let_go_below();
  const bool is_first = !folded_.is_laid_down();
  if (is_first) {
    MT_CHECK_OK(on_tables_thread_([this] { return clear_copy(ports_.env, target_); }));
  }
  Pieces pieces(folded_.changes(), table_.stores(), target_.stores, is_first);
  while (!pieces.is_done()) {
    MT_CHECK_OK(on_tables_thread_([&] {
      return ports_.env.write([&](KvWriter& kv) -> Result<void> {
        pieces.write(kv, kPieceBytes);
        return {};
      });
    }));
    MT_CHECK_OK(folded_.tell());
  }
  folded_.set_laid_down(
      [this] { return std::make_unique<RoutedReader>(ports_.env.read(), routes_); });
  return {};
}

Result<void> CopyBuild::cut_over(Position applied) {
  MT_CHECK_OK(folded_.advance_quietly(applied));
  folded_.let_go_below();
  if (folded_.parked().dropped() != table_.parked().dropped()) {
    return aborted("an event of table " + table_.name() + " was dropped meanwhile; do it again");
  }
  const bool is_other = &target_ != &table_.copy();
  MT_CHECK_OK(ports_.env.write([&](KvWriter& kv) -> Result<void> {
    const bool is_first = !folded_.is_laid_down();
    for (const StoreId store : target_.stores) {
      if (is_first) kv.clear(store);
    }
    Pieces(folded_.changes(), table_.stores(), target_.stores, is_first)
        .write(kv, std::numeric_limits<std::size_t>::max());
    ports_.checkpoints.put(kv, target_.key, applied, {});
    if (is_other) ports_.checkpoints.erase(kv, table_.copy().key);
    ports_.parked.save(kv, table_.key(), folded_.parked());
    return {};
  }));
  if (is_other) table_.swap_copies();
  table_.set_stored();
  table_.parked() = folded_.parked();
  table_.parked().set_stored();
  table_.set_reached(applied);
  return {};
}

Result<void> CopyBuild::tidy_up() {
  return on_tables_thread_([this] { return clear_copy(ports_.env, table_.spare()); });
}

Result<FoldReport> CopyBuild::run(const std::function<Position()>& applied, const Change& change) {
  Result<void> outcome;
  for (int round = 0; round < kMostRounds && outcome; ++round) {
    const Position to = applied();
    outcome = fill(to);
    if (applied().value - to.value <= kFewEvents) break;
  }
  if (outcome) outcome = on_tables_thread_(change);
  if (const auto tidy = tidy_up(); !tidy) {
    logger_.warn("a copy that does not serve is cleared at the next start",
                 {{"table", table_.name()}, {"reason", tidy.error().message}});
  }
  MT_CHECK_OK(outcome);
  MT_TRY(FoldReport told, report());
  folded_.finish();
  return told;
}

Result<FoldReport> CopyBuild::report() const {
  const auto kv = ports_.env.read();
  const TableCopy& copy = table_.copy_in(*kv, ports_.checkpoints);
  const auto checkpoint = ports_.checkpoints.get(*kv, copy.key);
  FoldReport report;
  report.table = table_.name();
  if (checkpoint) report.position = {checkpoint->position()};
  report.rows = kv->size(copy.stores.front());
  report.parked = folded_.parked().streams().size();
  report.table_hash = report.log_hash = table_hash(*kv, copy.stores);
  MT_CHECK_OK(kv->status());
  report.seconds = folded_.seconds();
  return report;
}

Result<ParkedStreams> only_dropped(const KvEnv& env, const ParkedStore& parked,
                                   const LiveTable& table) {
  const auto kv = env.read();
  ParkedStreams dropped = parked.load(*kv, table.key()).only_dropped();
  MT_CHECK_OK(kv->status());
  return dropped;
}

}  // namespace mt
