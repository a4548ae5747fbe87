// SetAside: snapshots that a program finds and does not use. It says so once of all that are alike:
// after a change of an entity's code there may be one a stream. Any thread.
#pragma once

#include <mutex>
#include <set>
#include <string>

#include "events/base/ids.h"
#include "events/base/log.h"

namespace mt {

// Why a stored snapshot was not used.
struct UnusedSnapshot {
  std::string why;
  bool is_damaged = false;  // it cannot be read, or is of another past
};

class SetAside {
 public:
  // A damaged one is named each time: it is replaced, and met no more.
  void note(const ModuleName& module, const StreamId& stream, const UnusedSnapshot& unused);

 private:
  const Logger logger_{"actors"};
  std::mutex mutex_;
  std::set<std::string> said_;
};

}  // namespace mt
