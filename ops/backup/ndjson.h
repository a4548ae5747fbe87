// Logs as NDJSON, a JSON object a line (docs/DATA.md): to be read by people and their tools, and to
// be imported again. A record is written with its place and its hashes; read again, it becomes the
// same bytes, or is refused.
#pragma once

#include <cstdint>
#include <string>

#include "events/archive/archive_writer.h"
#include "events/archive/checked_logs.h"
#include "events/archive/log_parser.h"

namespace mt {

class NdjsonWriter final : public LogReceiver {
 public:
  explicit NdjsonWriter(ByteSink sink) : sink_(std::move(sink)) {}

  Result<void> begin(const LogBegin& log) override;
  // INVALID_ARGUMENT when the record holds what JSON cannot.
  Result<void> take(const CommitRecord& record, std::string_view stored) override;
  Result<void> end(const LogEnd& log) override;
  Result<void> finish() override;

 private:
  const ByteSink sink_;
  Anchor reached_;
  std::uint64_t logs_ = 0;
};

// Of what an NdjsonWriter wrote. Errors name the line.
class NdjsonParser final : public LogParser {
 public:
  // `to` outlives it.
  explicit NdjsonParser(LogReceiver& to) : logs_(to) {}

  Result<void> feed(std::string_view bytes) override;
  Result<void> finish() override;

 private:
  Result<void> read(std::string_view line);

  CheckedLogs logs_;
  std::string waiting_;  // the beginning of a line
  std::uint64_t line_ = 0;
};

}  // namespace mt
