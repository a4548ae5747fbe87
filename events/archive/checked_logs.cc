#include "events/archive/checked_logs.h"

#include <utility>

#include "events/record_codec.h"

namespace mt {
namespace {

std::string text(Position position) { return std::to_string(position.value); }

}  // namespace

Result<void> CheckedLogs::expect_open(bool open) const {
  if (finished_) return data_loss("something follows the archive's end");
  if (open_ == open) return {};
  return data_loss(open ? "a record or an end stands outside of a log"
                        : "the log of " + reached_.end.module.value + " has no end");
}

Result<void> CheckedLogs::expect_next(Position position) const {
  MT_CHECK_OK(expect_open(true));
  const Anchor& end = reached_.end;
  if (position == end.position + 1) return {};
  return data_loss("the log of " + end.module.value + " has a gap: position " + text(position) +
                   " follows position " + text(end.position));
}

Result<void> CheckedLogs::begin(const LogBegin& log) {
  MT_CHECK_OK(expect_open(false));
  if (log.module.value.empty() || log.first.value == 0)
    return data_loss("a log has no module, or begins at position 0");
  if (!seen_.insert(log.module).second)
    return data_loss("the log of " + log.module.value + " is there twice");
  reached_ = {{log.module, {log.first.value - 1}, log.previous}, 0};
  open_ = true;
  return to_.begin(log);
}

Result<void> CheckedLogs::take(Position position, std::string_view stored) {
  MT_CHECK_OK(expect_next(position));
  Anchor& end = reached_.end;
  auto record = decode_record(end.module, position, stored, end.hash);
  if (!record) return data_loss(without_advice(record.error().message));
  end.position = record->last();
  end.hash = record->hash;
  ++reached_.records;
  return to_.take(*record, stored);
}

Result<void> CheckedLogs::end(const LogEnd& log) {
  MT_CHECK_OK(expect_open(true));
  if (log != reached_)
    return data_loss("the log of " + reached_.end.module.value +
                     " is not the one its end is of: " + std::to_string(log.records) +
                     " records up to position " + text(log.end.position) + " with the hash " +
                     to_hex(log.end.hash) + " were written, " + std::to_string(reached_.records) +
                     " up to position " + text(reached_.end.position) + " with the hash " +
                     to_hex(reached_.end.hash) + " are there");
  open_ = false;
  return to_.end(reached_);
}

Result<void> CheckedLogs::finish(std::uint64_t logs) {
  MT_CHECK_OK(expect_open(false));
  if (logs != seen_.size())
    return data_loss("the archive has " + std::to_string(seen_.size()) + " logs, not " +
                     std::to_string(logs));
  finished_ = true;
  return to_.finish();
}

Result<void> CheckedLogs::stop() const {
  if (finished_) return {};
  if (seen_.empty()) return data_loss("the archive is cut short: it holds no log");
  return data_loss("the archive is cut short: it ends behind position " +
                   text(reached_.end.position) + " of " + reached_.end.module.value + "'s log");
}

}  // namespace mt
