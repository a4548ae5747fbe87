#include "projections/parked_retry.h"

#include <algorithm>
#include <utility>

#include "events/base/check.h"
#include "projections/fold.h"

namespace mt {

Result<RetryReport> ParkedRetry::retry(LiveTable& table, const StreamId& stream) {
  MT_TRY(const ParkedEvent* parked, find(table, stream));
  return go_on(table, stream, *parked, nullptr);
}

Result<RetryReport> ParkedRetry::drop(LiveTable& table, const StreamId& stream, Position position,
                                      const Dropped& why) {
  MT_TRY(const ParkedEvent* parked, find(table, stream));
  if (parked->position != position) {
    return failed_precondition(to_string(stream) + " waits at position " +
                               std::to_string(parked->position.value) + " by now, not at " +
                               std::to_string(position.value) + "; look at that event first");
  }
  return go_on(table, stream, *parked, &why);
}

Result<const ParkedEvent*> ParkedRetry::find(LiveTable& table, const StreamId& stream) const {
  if (table.is_failed()) return failed_precondition(table.failure());
  if (const ParkedEvent* parked = table.parked().find(stream)) return parked;
  return not_found("table " + table.name() + " has no parked stream " + to_string(stream) +
                   "; mtctl parked list names those it has");
}

Result<RetryReport> ParkedRetry::go_on(LiveTable& table, const StreamId& stream,
                                       const ParkedEvent& from, const Dropped* drop) {
  RetryReport report{table.name(), stream, from, 0, std::nullopt};
  MT_TRY(const auto records, waiting(table, stream, from.version));

  ParkedStreams before = table.parked();
  table.parked().be_careful();
  table.parked().release(stream);
  if (drop != nullptr) table.parked().drop(report.event.position);
  const Position after{report.event.position.value - 1};
  // Rows of a position that was told already are about to be others.
  const TableChanges::Replacing replacing(table.changes(), table.checkpoint());
  Result<void> outcome = env_.write([&](KvWriter& kv) -> Result<void> {
    MT_CHECK_OK(apply(table, records, after, report, kv));
    store_.save(kv, table.key(), table.parked());
    if (drop != nullptr) store_.save_dropped(kv, table.key(), {stream, report.event, *drop});
    return {};
  });
  if (!outcome) {
    table.parked() = std::move(before);
    return std::move(outcome).error();
  }
  if (drop != nullptr) --report.applied;
  table.parked().set_stored();
  table.set_reached(table.checkpoint());
  return report;
}

Result<std::vector<Position>> ParkedRetry::waiting(const LiveTable& table, const StreamId& stream,
                                                   Version from) const {
  const auto view = derived_.view();
  auto records = view->stream_records(table.module(), stream, {from.value - 1});
  MT_CHECK_OK(view->status());
  return records;
}

Result<void> ParkedRetry::apply(LiveTable& table, const std::vector<Position>& records,
                                Position after, RetryReport& report, KvWriter& kv) {
  ParkedStreams& parked = table.parked();
  for (const Position first : records) {
    MT_TRY(const CommitRecord record, log_.at(table.module(), first));
    MT_TRY(const Folded folded, apply_record(table, record, after, parked, {kv, table.routes()}));
    check(folded == Folded::kAll, "a careful fold can take back what an apply wrote");
    const ParkedEvent* again = parked.find(report.stream);
    const Position reached = again == nullptr ? record.last() : Position{again->position.value - 1};
    if (reached > after) report.applied += reached.value - std::max(after, {first.value - 1}).value;
    if (again == nullptr) continue;
    ParkedEvent counted = *again;
    if (counted.position == report.event.position) counted.attempts = report.event.attempts + 1;
    parked.park(report.stream, counted);
    report.again = counted;
    return {};
  }
  return {};
}

Result<void> ParkedRetry::add_parked(const LiveTable& table, std::vector<ParkedStream>& all) const {
  const auto kv = env_.read();
  const auto view = derived_.view();
  for (StoredParked& one : store_.list(*kv, table.key())) {
    if (one.drop) continue;
    const std::uint64_t last = view->stream_version(table.module(), one.stream).value;
    const std::uint64_t before = one.event.version.value - 1;
    all.push_back({table.name(), table.module(), std::move(one.stream), std::move(one.event),
                   last > before ? last - before : 0});
  }
  MT_CHECK_OK(kv->status());
  return view->status();
}

}  // namespace mt
