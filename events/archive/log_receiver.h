// LogReceiver: takes logs, or parts of them, one after the other, from whoever reads them: a scan
// of a log, an archive. What it is given has been checked: places, checksums, the chain of hashes.
#pragma once

#include <cstdint>
#include <string_view>

#include "events/log_verify.h"
#include "events/record.h"

namespace mt {

// What the next records are behind.
struct LogBegin {
  ModuleName module;
  Position first;   // of the first event that follows
  Hash previous{};  // of the chain before it
  bool operator==(const LogBegin&) const = default;
};

struct LogEnd {
  Anchor end;
  std::uint64_t records = 0;
  bool operator==(const LogEnd&) const = default;
};

// An error ends the reading.
class LogReceiver {
 public:
  virtual ~LogReceiver() = default;

  virtual Result<void> begin(const LogBegin& log) = 0;
  // `stored`: the record's bytes as a log keeps them; they live as long as the call.
  virtual Result<void> take(const CommitRecord& record, std::string_view stored) = 0;
  virtual Result<void> end(const LogEnd& log) = 0;
  // After the last one.
  virtual Result<void> finish() = 0;
};

}  // namespace mt
