#include "projections/rebuild.h"

#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "events/base/check.h"
#include "projections/table_hash.h"

namespace mt {

Result<void> FoldedTable::advance(Position to) { return advance(to, meter_); }

Result<void> FoldedTable::advance_quietly(Position to) {
  const OnFold nobody;
  FoldMeter quiet(table_.name(), to, nobody);
  return advance(to, quiet);
}

Result<void> FoldedTable::advance(Position to, FoldMeter& meter) {
  MT_TRY(Folded folded, fold_range(log_, table_, position_, to, parked_, *memory_, meter));
  if (folded == Folded::kBeginAgain) {
    begin_again();
    MT_TRY(folded, fold_range(log_, table_, position_, to, parked_, *memory_, meter));
    check(folded == Folded::kAll, "a careful fold can take back what an apply wrote");
  }
  MT_CHECK_OK(memory_->status());
  if (to > position_) position_ = to;
  return {};
}

void FoldedTable::begin_again() {
  parked_ = at_first_;
  parked_.be_careful();
  memory_ = std::make_unique<MemoryStores>();
  position_ = {};
}

void FoldedTable::replace(KvWriter& kv) {
  for (const StoreId store : table_.stores()) {
    kv.clear(store);
    const SortedEntries& entries = memory_->entries(store);
    for (auto at = entries.begin(); !entries.is_end(at); at = entries.next(at)) {
      kv.append(store, entries.at(at).key, entries.at(at).value);
    }
  }
}

TableDiff FoldedTable::diff_from(const KvReader& table, std::size_t most) const {
  return diff_tables(table, table_.stores(), *memory_, table_.stores(), most);
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
  const auto checkpoint = checkpoints.get(kv, table.key());
  MT_CHECK_OK(kv.status());
  if (!checkpoint) return failed_precondition("table " + table.name() + " has no checkpoint");
  if (!checkpoint->failure().empty()) return failed_precondition(checkpoint->failure());
  MT_CHECK_OK(folded.advance({checkpoint->position()}));

  FoldReport report;
  report.table = table.name();
  report.position = folded.position();
  report.rows = kv.size(table.stores().front());
  report.parked = folded.parked().streams().size();
  report.table_hash = table_hash(kv, table.stores());
  MT_CHECK_OK(kv.status());
  report.log_hash = folded.hash();
  report.equal = report.table_hash == report.log_hash;
  if (!report.equal) report.diff = folded.diff_from(kv, kToldDifferences);
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
