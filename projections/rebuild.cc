#include "projections/rebuild.h"

#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "events/base/check.h"
#include "projections/table_hash.h"

namespace mt {

namespace {

// How often a fold looks at what it takes, and lets go of the pages that its view pins.
constexpr std::uint32_t kRecordsBetweenLooks = 1024;

}  // namespace

Result<void> FoldedTable::advance(Position to) { return advance(to, meter_, most_bytes_); }

Result<void> FoldedTable::advance_quietly(Position to) {
  const OnFold nobody;
  FoldMeter quiet(table_.name(), to, nobody);
  return advance(to, quiet, std::numeric_limits<std::size_t>::max());
}

Result<void> FoldedTable::advance(Position to, FoldMeter& meter, std::size_t most_bytes) {
  const auto fold_on = [&] {
    return fold_range(log_, table_, position_, to, parked_, *memory_, meter,
                      [&] { return is_enough(most_bytes); });
  };
  MT_TRY(Folded folded, fold_on());
  if (folded == Folded::kBeginAgain) {
    begin_again();
    MT_TRY(folded, fold_on());
    check(folded == Folded::kAll, "a careful fold can take back what an apply wrote");
  }
  return memory_->status();
}

bool FoldedTable::is_enough(std::size_t most_bytes) {
  if (++records_ < kRecordsBetweenLooks) return false;
  records_ = 0;
  if (open_below_) memory_->lay_over(open_below_());
  return memory_->bytes() > most_bytes;
}

void FoldedTable::set_laid_down(OpenBelow open_below) {
  open_below_ = std::move(open_below);
  memory_->forget_changes();
  memory_->lay_over(open_below_());
}

void FoldedTable::begin_again() {
  parked_ = at_first_;
  parked_.be_careful();
  memory_ = std::make_unique<OverlayStores>();
  open_below_ = nullptr;
  position_ = {};
}

TableDiff FoldedTable::diff_from(const KvReader& table, const std::vector<StoreId>& stores,
                                 std::size_t most) const {
  return diff_tables(table, stores, *memory_, table_.stores(), most);
}

void give_back_memory() {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

Hash FoldedTable::hash() const { return table_hash(*memory_, table_.stores()); }

namespace {

// Enough to see what kind of fault it is.
constexpr std::size_t kToldDifferences = 10;

// How often a comparison begins again because an operator changes what its table leaves out.
constexpr int kComparisons = 3;

// What both sides of a comparison leave out.
Result<ParkedStreams> left_out(const KvReader& kv, const ParkedStore& store, LiveTable& table) {
  ParkedStreams parked = store.load(kv, table.key());
  parked.fix();
  MT_CHECK_OK(kv.status());
  return parked;
}

Result<FoldReport> compare(const KvReader& kv, const Checkpoints& checkpoints, LiveTable& table,
                           FoldedTable& folded) {
  const TableCopy& copy = table.copy_in(kv, checkpoints);
  const auto checkpoint = checkpoints.get(kv, copy.key);
  MT_CHECK_OK(kv.status());
  if (!checkpoint) return failed_precondition("table " + table.name() + " has no checkpoint");
  if (!checkpoint->failure().empty()) return failed_precondition(checkpoint->failure());
  MT_CHECK_OK(folded.advance({checkpoint->position()}));

  FoldReport report;
  report.table = table.name();
  report.position = folded.position();
  report.rows = kv.size(copy.stores.front());
  report.parked = folded.parked().streams().size();
  report.table_hash = table_hash(kv, copy.stores);
  MT_CHECK_OK(kv.status());
  report.log_hash = folded.hash();
  report.equal = report.table_hash == report.log_hash;
  if (!report.equal) report.diff = folded.diff_from(kv, copy.stores, kToldDifferences);
  MT_CHECK_OK(kv.status());
  report.seconds = folded.seconds();
  folded.finish();
  return report;
}

bool is_same(const ParkedStreams& one, const ParkedStreams& other) {
  return one.streams() == other.streams() && one.dropped() == other.dropped();
}

}  // namespace

Result<FoldReport> verify_table(const KvEnv& env, const EventLog& log,
                                const Checkpoints& checkpoints, const ParkedStore& parked,
                                LiveTable& table, const OnFold& progress) {
  if (table.is_failed()) return failed_precondition(table.failure());
  for (int i = 0; i < kComparisons; ++i) {
    MT_TRY(ParkedStreams before, left_out(*env.read(), parked, table));
    FoldedTable folded(log, table, table.checkpoint(), progress, before);
    // First without a read transaction, which would pin pages; what came meanwhile is little.
    const Result<void> advanced = folded.advance(table.checkpoint());
    const auto kv = env.read();
    MT_TRY(const ParkedStreams now, left_out(*kv, parked, table));
    if (!is_same(before, now)) continue;
    MT_CHECK_OK(advanced);
    return compare(*kv, checkpoints, table, folded);
  }
  return aborted("what is parked of table " + table.name() +
                 " changes all the time; verify it again");
}

}  // namespace mt
