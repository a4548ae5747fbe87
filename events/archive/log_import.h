// LogImport: builds logs from parts, each behind the one before, with their positions, times and
// hashes. One thread; the log's only writer.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/archive/log_receiver.h"
#include "events/event_log.h"

namespace mt {

// Where to stop; whole commits only. What lies behind is still read and checked.
struct ImportLimits {
  std::map<ModuleName, Position> up_to;  // the last commit of the module that ends there at most
  std::optional<Time> until;  // of each module the last commit before the first later one
};

class LogImport final : public LogReceiver {
 public:
  // `into` outlives it. The logs hold nothing yet.
  LogImport(EventLog& into, ImportLimits limits) : into_(into), limits_(std::move(limits)) {}

  // DATA_LOSS when the part does not follow what is there.
  Result<void> begin(const LogBegin& log) override;
  Result<void> take(const CommitRecord& record, std::string_view stored) override;
  // What was taken is flushed.
  Result<void> end(const LogEnd& log) override;
  Result<void> finish() override { return {}; }

  // Where the logs end now, and how many commits lead there.
  const std::map<ModuleName, LogEnd>& ends() const { return ends_; }
  // The same of what was offered, limits left aside.
  const std::map<ModuleName, LogEnd>& offered() const { return offered_; }

 private:
  struct Taken {
    CommitRecord record;
    std::string stored;
  };

  bool is_within_limits(const CommitRecord& record) const;
  Result<void> flush();

  EventLog& into_;
  const ImportLimits limits_;
  std::map<ModuleName, LogEnd> ends_;
  std::map<ModuleName, LogEnd> offered_;
  ModuleName module_;  // whose log is under way
  bool stopped_ = false;
  std::vector<Taken> taken_;  // not in the log yet
  std::size_t taken_bytes_ = 0;
};

}  // namespace mt
