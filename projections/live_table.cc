#include "projections/live_table.h"

#include "events/base/log.h"

namespace mt {

void stop_table(const Checkpoints& checkpoints, KvWriter& kv, LiveTable& table, Position position,
                const std::string& why) {
  checkpoints.put(kv, table.key(), position, why);
  table.set("failed", position, why);
  Logger("projections").error("table stopped", {{"table", table.name()}, {"reason", why}});
}

std::unique_ptr<TableWatch> watch_table(LiveTable& table, const Checkpoints& checkpoints,
                                        RowRange range) {
  const auto position_in = [&table, &checkpoints](const KvReader& kv) -> Result<Position> {
    const auto checkpoint = checkpoints.get(kv, table.key());
    MT_CHECK_OK(kv.status());
    if (checkpoint) return Position{checkpoint->position()};
    return data_loss("the checkpoint of table " + table.name() + " cannot be read");
  };
  return std::make_unique<TableWatch>(table.changes(), std::move(range), position_in);
}

}  // namespace mt
