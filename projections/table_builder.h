// TableBuilder: at the start of a node, builds the tables that are not as far as the derived state.
// On the thread that starts it.
#pragma once

#include <optional>

#include "events/base/log.h"
#include "projections/checkpoints.h"
#include "projections/copy_build.h"
#include "projections/live_table.h"

namespace mt {

class TableBuilder {
 public:
  explicit TableBuilder(const CopyBuild::Ports& ports) : ports_(ports) {}

  // A table that is not as far as the derived state is built anew. One that failed stays so, unless
  // it holds nothing yet: its log may have been restored, its program mended.
  Result<void> bring_level(LiveTable& table, Position applied, const OnFold& progress);

 private:
  Result<std::optional<Checkpoints::Checkpoint>> read_checkpoint(const LiveTable& table) const;
  Result<void> build(LiveTable& table, Position applied, const OnFold& progress);
  void tell_built(const LiveTable& table, Position applied, double seconds);

  const Logger logger_{"projections"};
  const CopyBuild::Ports& ports_;
};

}  // namespace mt
