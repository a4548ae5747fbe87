#include "projections/live_table.h"

#include "events/base/log.h"

namespace mt {

void stop_table(const Checkpoints& checkpoints, KvWriter& kv, LiveTable& table, Position position,
                const std::string& why) {
  checkpoints.put(kv, table.key(), position, why);
  table.set("failed", position, why);
  Logger("projections").error("table stopped", {{"table", table.name()}, {"reason", why}});
}

}  // namespace mt
