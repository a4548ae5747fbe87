#include "projections/fold.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "events/base/log.h"
#include "projections/apply_writer.h"

namespace mt {
namespace {

Result<void> upcast_and_apply(LiveTable& table, const StoredEvent& event, const EventMeta& meta,
                              ApplyWriter& writer) {
  const Upcasters* upcasters = table.upcasters();
  if (upcasters == nullptr || upcasters->empty()) {
    return apply_newest(event, meta, table.projection(), writer);
  }
  MT_TRY(const StoredEvent newest, upcasters->upcast(event));
  return apply_newest(newest, meta, table.projection(), writer);
}

// What heals a version that may serve soon is another build of it, not of the one that serves.
const char* healing(const LiveTable& table) {
  const TableRole role = table.role();
  return role == TableRole::kBuilt || role == TableRole::kAside ? "upgrade " : "rebuild ";
}

Error stopped_at(const LiveTable& table, const StoredEvent& event, Position position,
                 const Error& why) {
  return {why.code,
          "table " + table.name() + " stopped at position " + std::to_string(position.value) +
              " of " + table.module().value + " (" + event.type + "): " + why.message +
              "; mend the cause, then run: " + "mtctl projection " + healing(table) + table.name()};
}

Error too_many(const Error& why) {
  return {why.code, "more than " + std::to_string(ParkedStreams::kMost) +
                        " streams cannot be applied, the last: " + why.message};
}

// A projection that fails for all streams would fill the operator's log; `mtctl parked list` has
// all.
constexpr std::size_t kToldStreams = 10;

// The event could not be applied, and nothing of it is left in the table.
void park(LiveTable& table, const StoredEvent& event, const EventMeta& meta, const Error& why,
          ParkedStreams& parked) {
  parked.park(meta.stream,
              {meta.position, meta.version, event.type, event.schema, meta.time, why.message});
  if (parked.streams().size() > kToldStreams) return;
  Logger("projections")
      .warn("stream parked", {{"table", table.name()},
                              {"stream", to_string(meta.stream)},
                              {"position", meta.position.value},
                              {"reason", why.message}});
}

enum class Applied { kYes, kParked, kBeginAgain };

Result<Applied> apply_event(LiveTable& table, const StoredEvent& event, const EventMeta& meta,
                            ParkedStreams& parked, FoldTarget target) {
  KvWriter& kv = target.kv;
  UndoLog undo;
  ApplyWriter writer(kv, target.routes, parked.is_careful() ? &undo : nullptr);
  const Result<void> applied = upcast_and_apply(table, event, meta, writer);
  if (applied) return Applied::kYes;
  MT_CHECK_OK(kv.status());  // the transaction is lost, by no fault of the event
  const Error& why = applied.error();
  if (parked.is_fixed() || writer.found_damage()) {
    return stopped_at(table, event, meta.position, why);
  }
  if (writer.has_written() && !parked.is_careful()) {
    parked.be_careful();
    return Applied::kBeginAgain;
  }
  undo.undo(kv);
  park(table, event, meta, why, parked);
  if (parked.is_too_many()) return stopped_at(table, event, meta.position, too_many(why));
  return Applied::kParked;
}

}  // namespace

double FoldProgress::seconds_left() const {
  if (events_per_second <= 0 || head <= position) return 0;
  return static_cast<double>(head.value - position.value) / events_per_second;
}

Result<void> apply_newest(const StoredEvent& newest, const EventMeta& meta, Projection& projection,
                          ApplyWriter& writer) {
  try {
    MT_CHECK_OK(projection.apply(newest, meta, writer));
    return writer.outcome();
  } catch (const std::exception& thrown) {
    return internal(std::string("apply threw: ") + thrown.what());
  } catch (...) {
    return internal("apply threw an exception of unknown type");
  }
}

Result<Folded> apply_record(LiveTable& table, const CommitRecord& record, Position after,
                            ParkedStreams& parked, FoldTarget target) {
  const Commit& commit = record.commit;
  for (std::size_t i = 0; i < commit.events.size(); ++i) {
    const Position position = record.first + i;
    if (position <= after || parked.leaves_out(commit.stream, position)) continue;
    const EventMeta meta{
        position,      commit.expected + (i + 1), commit.stream,          record.time,
        commit.origin, commit.command.id,         commit.events[i].erased};
    MT_TRY(const Applied applied, apply_event(table, commit.events[i], meta, parked, target));
    if (applied == Applied::kBeginAgain) return Folded::kBeginAgain;
  }
  return Folded::kAll;
}

FoldMeter::FoldMeter(std::string what, Position head, const OnFold& progress, Position begin,
                     std::chrono::milliseconds interval)
    : begin_(begin), progress_(progress), interval_(interval) {
  report_.what = std::move(what);
  report_.head = head;
}

Result<void> FoldMeter::at(Position position) {
  // The clock is asked seldom: a fold takes about a microsecond an event.
  return progress_ && ++calls_ % 256 == 0 ? after_step(position) : Result<void>();
}

Result<void> FoldMeter::after_step(Position position) {
  if (!progress_) return {};
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < interval_) return {};
  last_ = now;
  move_to(position);
  if (progress_(report_)) return {};
  return Error{Code::kCancelled, "the fold of " + report_.what + " was cancelled"};
}

void FoldMeter::finish(Position position) {
  if (!progress_) return;
  move_to(position);
  progress_(report_);
}

void FoldMeter::move_to(Position position) {
  report_.position = position;
  report_.head = std::max(report_.head, position);
  report_.events_per_second = static_cast<double>(position.value - begin_.value) / seconds();
}

double FoldMeter::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

Result<Folded> fold_range(const EventLog& log, LiveTable& table, Position& at, Position to,
                          ParkedStreams& parked, KvWriter& kv, FoldMeter& meter,
                          const std::function<bool()>& is_enough) {
  if (at >= to) return Folded::kAll;
  Result<Folded> outcome = Folded::kAll;
  bool is_early = false;
  MT_CHECK_OK(log.scan(table.module(), at + 1, [&](const CommitRecord& record) {
    if (record.first > to) return Scan::kStop;
    outcome = apply_record(table, record, at, parked, {kv});
    if (!outcome || *outcome == Folded::kBeginAgain) return Scan::kStop;
    at = record.last();
    if (const Result<void> go_on = meter.at(at); !go_on) outcome = go_on.error();
    if (!outcome || at >= to) return Scan::kStop;
    is_early = is_enough && is_enough();
    return is_early ? Scan::kStop : Scan::kGoOn;
  }));
  if (outcome && *outcome == Folded::kAll && !is_early) at = std::max(at, to);
  return outcome;
}

}  // namespace mt
