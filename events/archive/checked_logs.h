// CheckedLogs: what an archive says, checked before it is passed on: each log once, its records
// without a gap, their checksums and the chain of hashes, its end as it was announced. The errors
// are DATA_LOSS and name module and position.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "events/archive/log_receiver.h"

namespace mt {

class CheckedLogs {
 public:
  // `to` outlives it.
  explicit CheckedLogs(LogReceiver& to) : to_(to) {}

  Result<void> begin(const LogBegin& log);
  Result<void> take(Position position, std::string_view stored);
  Result<void> end(const LogEnd& log);
  Result<void> finish(std::uint64_t logs);
  // The archive has no more: DATA_LOSS saying up to where it goes, unless it was finished.
  Result<void> stop() const;

  // The module that is under way, and where its chain is.
  const Anchor& reached() const { return reached_.end; }
  // A log is under way, or none: what may come next depends on it.
  Result<void> expect_open(bool open) const;
  // A record at `position` would be the next one.
  Result<void> expect_next(Position position) const;
  bool is_finished() const { return finished_; }

 private:
  LogReceiver& to_;
  LogEnd reached_;
  std::set<ModuleName> seen_;
  bool open_ = false;
  bool finished_ = false;
};

}  // namespace mt
