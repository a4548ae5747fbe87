// Reading a part of a module's log out of it, checked, for a file or another log.
#pragma once

#include <vector>

#include "events/archive/log_receiver.h"
#include "events/event_log.h"

namespace mt {

// Both ends included. 0: from the beginning, up to the head at the time of the call.
struct LogRange {
  Position from;
  Position to;
};

// Where all logs end at one instant.
Result<std::vector<Anchor>> cut_of(const EventLog& log);

// Whole commits only: from the one that holds `from`, up to the last one that ends at `to` at most.
// The receiver is told begin, records and end, and not finished. NOT_FOUND when the log has no such
// position or module; CANCELLED when the progress says so.
Result<LogEnd> export_log(const EventLog& log, const ModuleName& module, LogRange range,
                          LogReceiver& to, const OnLogProgress& progress = {});

}  // namespace mt
