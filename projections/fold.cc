#include "projections/fold.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <utility>

#include "projections/apply_writer.h"

namespace mt {
namespace {

Result<void> guarded_apply(Projection& projection, const StoredEvent& event, const EventMeta& meta,
                           KvWriter& kv) {
  try {
    ApplyWriter writer(kv);
    MT_CHECK_OK(projection.apply(event, meta, writer));
    return writer.outcome();
  } catch (const std::exception& thrown) {
    return internal(std::string("apply threw: ") + thrown.what());
  }
}

Result<void> upcast_and_apply(const StoredEvent& event, const EventMeta& meta,
                              const Upcasters* upcasters, Projection& projection, KvWriter& kv) {
  if (upcasters == nullptr || upcasters->empty()) {
    return guarded_apply(projection, event, meta, kv);
  }
  MT_TRY(const StoredEvent newest, upcasters->upcast(event));
  return guarded_apply(projection, newest, meta, kv);
}

Error failed_at(const ModuleName& module, Projection& projection, Position position,
                const StoredEvent& event, const Error& why) {
  const std::string& table = projection.table().name();
  return {why.code, "table " + table + " stopped at position " + std::to_string(position.value) +
                        " of " + module.value + " (" + event.type + "): " + why.message +
                        "; mend the cause, then run: mtctl projection rebuild " + table};
}

}  // namespace

double FoldProgress::seconds_left() const {
  if (events_per_second <= 0 || head <= position) return 0;
  return static_cast<double>(head.value - position.value) / events_per_second;
}

Result<void> apply_record(const ModuleName& module, const CommitRecord& record, Position after,
                          const Upcasters* upcasters, Projection& projection, KvWriter& kv) {
  const Commit& commit = record.commit;
  for (std::size_t i = 0; i < commit.events.size(); ++i) {
    const Position position = record.first + i;
    if (position <= after) continue;
    const EventMeta meta{position,      commit.expected + (i + 1), commit.stream, record.time,
                         commit.origin, commit.command.id};
    const auto applied = upcast_and_apply(commit.events[i], meta, upcasters, projection, kv);
    if (!applied) return failed_at(module, projection, position, commit.events[i], applied.error());
  }
  return {};
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

Result<void> fold_range(const EventLog& log, const ModuleName& module, Position after, Position to,
                        const Upcasters* upcasters, Projection& projection, KvWriter& kv,
                        FoldMeter& meter) {
  if (after >= to) return {};
  Result<void> outcome;
  MT_CHECK_OK(log.scan(module, after + 1, [&](const CommitRecord& record) {
    if (record.first > to) return Scan::kStop;
    outcome = apply_record(module, record, after, upcasters, projection, kv);
    if (outcome) outcome = meter.at(record.last());
    return outcome && record.last() < to ? Scan::kGoOn : Scan::kStop;
  }));
  return outcome;
}

}  // namespace mt
