#include "projections/rebuild.h"

#include <cstdlib>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include "projections/table_hash.h"

namespace mt {

Result<void> FoldedTable::advance(Position to) { return advance(to, meter_); }

Result<void> FoldedTable::advance_quietly(Position to) {
  const OnFold nobody;
  FoldMeter quiet(table_.name(), to, nobody);
  return advance(to, quiet);
}

Result<void> FoldedTable::advance(Position to, FoldMeter& meter) {
  MT_CHECK_OK(fold_range(log_, table_.module(), position_, to, table_.upcasters(),
                         table_.projection(), memory_, meter));
  MT_CHECK_OK(memory_.status());
  if (to > position_) position_ = to;
  return {};
}

void FoldedTable::replace(KvWriter& kv) {
  for (const StoreId store : table_.stores()) {
    kv.clear(store);
    const SortedEntries& entries = memory_.entries(store);
    for (auto at = entries.begin(); !entries.is_end(at); at = entries.next(at)) {
      kv.append(store, entries.at(at).key, entries.at(at).value);
    }
  }
}

void give_back_memory() {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

Hash FoldedTable::hash() const { return table_hash(memory_, table_.stores()); }

Result<FoldReport> verify_table(const KvEnv& env, const EventLog& log,
                                const Checkpoints& checkpoints, LiveTable& table,
                                const OnFold& progress) {
  FoldedTable folded(log, table, table.checkpoint(), progress);
  // First without a read transaction, which would pin pages; what came meanwhile is little.
  MT_CHECK_OK(folded.advance(table.checkpoint()));
  const auto kv = env.read();
  const auto checkpoint = checkpoints.get(*kv, table.key());
  MT_CHECK_OK(kv->status());
  if (!checkpoint) return failed_precondition("table " + table.name() + " has no checkpoint");
  if (!checkpoint->failure().empty()) return failed_precondition(checkpoint->failure());
  MT_CHECK_OK(folded.advance({checkpoint->position()}));

  FoldReport report;
  report.table = table.name();
  report.position = folded.position();
  report.rows = kv->size(table.stores().front());
  report.table_hash = table_hash(*kv, table.stores());
  MT_CHECK_OK(kv->status());
  report.log_hash = folded.hash();
  report.equal = report.table_hash == report.log_hash;
  report.seconds = folded.seconds();
  folded.finish();
  return report;
}

}  // namespace mt
