// What goes with a call beside its message, and what comes back beside the answer.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "events/base/ids.h"

namespace mt {

struct CallOptions {
  // Absent: 10 s for calls, none for watches.
  std::optional<std::chrono::milliseconds> deadline;
  std::string idempotency_key;  // empty: the server makes a command id
  std::string correlation;      // x-correlation-id; empty: the server makes one
  std::string token;            // empty: the client's
  std::vector<std::pair<std::string, std::string>> metadata = {};  // names in lower case
  // Asked to stop, the call ends with CANCELLED. Of calls that block; not looked at by call_async.
  std::stop_token stop = {};
};

// Of commands; what the server did not say is empty.
struct CallOutcome {
  ModuleName module;
  Position position;  // in `module`'s log; 0: nothing was written
  CommandId command;
  bool repeated = false;  // the stored answer of an earlier time
};

}  // namespace mt
