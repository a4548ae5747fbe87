// ArchiveParser: reads the bytes that an ArchiveWriter wrote.
#pragma once

#include <cstdint>
#include <string>

#include "events/archive/checked_logs.h"
#include "events/archive/log_parser.h"

namespace mt {

class ArchiveParser final : public LogParser {
 public:
  // `to` outlives it.
  explicit ArchiveParser(LogReceiver& to) : logs_(to) {}

  Result<void> feed(std::string_view bytes) override;
  Result<void> finish() override;

 private:
  // Reads a part that is whole from the front of the bytes; false when there is none.
  Result<bool> read_one(std::string_view& bytes);
  Result<void> read_frame(char kind, std::string_view payload);
  Result<void> read_begin(std::string_view payload);
  Result<void> read_end(std::string_view payload);
  Result<void> read_complete(std::string_view payload);

  CheckedLogs logs_;
  std::string waiting_;       // the beginning of a part that is not whole yet
  std::uint64_t offset_ = 0;  // of the next part
  std::uint32_t crc_ = 0;     // of all before it
};

}  // namespace mt
