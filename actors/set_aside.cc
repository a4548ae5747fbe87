#include "actors/set_aside.h"

namespace mt {

void SetAside::note(const ModuleName& module, const StreamId& stream,
                    const UnusedSnapshot& unused) {
  if (unused.is_damaged) {
    return logger_.warn(
        "snapshot cannot be used, a new one takes its place",
        {{"module", module.value}, {"stream", to_string(stream)}, {"reason", unused.why}});
  }
  {
    const std::lock_guard lock(mutex_);
    if (!said_.insert(module.value + " " + stream.category + " " + unused.why).second) return;
  }
  logger_.info("snapshots of other code are folded again as their entities are used",
               {{"module", module.value}, {"category", stream.category}, {"reason", unused.why}});
}

}  // namespace mt
