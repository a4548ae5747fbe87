#include "events/archive/log_export.h"

#include <optional>
#include <utility>

namespace mt {
namespace {

Error beyond(Position position, const ModuleName& module, Position head) {
  return not_found("position " + std::to_string(position.value) + " is beyond the end of " +
                   module.value + "'s log, position " + std::to_string(head.value));
}

// The commit that holds `position`, as it is stored: nothing of it needs to be opened.
Result<CommitRecord> stored_at(const EventLog& log, const ModuleName& module, Position position) {
  std::optional<CommitRecord> found;
  MT_CHECK_OK(log.scan_stored(module, position, [&](const CommitRecord& record, std::string_view) {
    found = record;
    return Scan::kStop;
  }));
  if (!found) return beyond(position, module, log.head(module));
  return *std::move(found);
}

// Where the chain is before the commit that holds `from`.
Result<LogBegin> begin_at(const EventLog& log, const ModuleName& module, Position from) {
  if (from.value <= 1) return LogBegin{module, {1}, {}};
  MT_TRY(const CommitRecord first, stored_at(log, module, from));
  if (first.first.value == 1) return LogBegin{module, {1}, {}};
  MT_TRY(const CommitRecord before, stored_at(log, module, {first.first.value - 1}));
  return LogBegin{module, first.first, before.hash};
}

}  // namespace

Result<std::vector<Anchor>> cut_of(const EventLog& log) {
  std::vector<Anchor> ends;
  for (const LogHead& head : log.heads()) {
    ends.push_back({head.module, {}, {}});
    if (head.position.value == 0) continue;
    MT_TRY(const CommitRecord last, stored_at(log, head.module, head.position));
    ends.back() = {head.module, last.last(), last.hash};
  }
  return ends;
}

Result<LogEnd> export_log(const EventLog& log, const ModuleName& module, LogRange range,
                          LogReceiver& to, const OnLogProgress& progress) {
  const Position head = log.head(module);
  if (range.to.value == 0) range.to = head;
  for (const Position each : {range.from, range.to})
    if (each > head) return beyond(each, module, head);
  MT_TRY(const LogBegin begin, begin_at(log, module, range.from));
  MT_CHECK_OK(to.begin(begin));
  LogEnd reached{{module, {begin.first.value - 1}, begin.previous}, 0};
  LogMeter meter(module, reached.end.position, range.to, progress);
  Result<void> taken;
  bool cancelled = false;
  const auto visit = [&](const CommitRecord& record, std::string_view stored) {
    if (record.last() > range.to) return Scan::kStop;
    taken = to.take(record, stored);
    reached = {{module, record.last(), record.hash}, reached.records + 1};
    cancelled = !meter.at(record.last());
    return taken && !cancelled ? Scan::kGoOn : Scan::kStop;
  };
  MT_CHECK_OK(log.scan_stored(module, begin.first, visit));
  MT_CHECK_OK(std::move(taken));
  if (cancelled)
    return Error{Code::kCancelled, "the reading of " + module.value + "'s log was cancelled"};
  MT_CHECK_OK(to.end(reached));
  return reached;
}

}  // namespace mt
