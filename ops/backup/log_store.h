// LogStore: where logs are copied from: a data folder that is read here, or a node that is asked.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "events/archive/archive_writer.h"
#include "events/archive/log_export.h"

namespace mt {

struct LogStore {
  // Where all logs end at one instant.
  std::function<Result<std::vector<Anchor>>()> cut;
  // The module's log, or a range of it, as an archive.
  std::function<Result<void>(const ModuleName&, LogRange, const ByteSink&)> read;
};

// `log` outlives it.
LogStore store_of(const EventLog& log);

// A log that was read to its end.
struct ReadLog {
  LogBegin begin;
  LogEnd end;
  double seconds = 0;
};

// Passes on what it is given, and tells how far it is.
class MeteredLogs final : public LogReceiver {
 public:
  // The references outlive it.
  // `head`: where the log under way will end, as far as that is known.
  MeteredLogs(LogReceiver& to, Position head, const OnLogProgress& progress)
      : to_(to), head_(head), progress_(progress) {}

  Result<void> begin(const LogBegin& log) override;
  Result<void> take(const CommitRecord& record, std::string_view stored) override;
  Result<void> end(const LogEnd& log) override;
  Result<void> finish() override { return to_.finish(); }

  // The logs that have ended, in order.
  const std::vector<ReadLog>& logs() const { return logs_; }

 private:
  LogReceiver& to_;
  const Position head_;
  const OnLogProgress& progress_;
  std::optional<LogMeter> meter_;
  LogBegin begun_;
  std::vector<ReadLog> logs_;
};

// Takes anything; what matters was checked before.
class NoReceiver final : public LogReceiver {
 public:
  Result<void> begin(const LogBegin&) override { return {}; }
  Result<void> take(const CommitRecord&, std::string_view) override { return {}; }
  Result<void> end(const LogEnd&) override { return {}; }
  Result<void> finish() override { return {}; }
};

}  // namespace mt
