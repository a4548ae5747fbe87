#include "modules/sys_core/module.h"

#include <memory>

#include "modules/sys_core/server/archive.h"
#include "modules/sys_core/server/backup.h"
#include "modules/sys_core/server/bootstrap.h"
#include "modules/sys_core/server/bootstrap_set.h"
#include "modules/sys_core/server/bootstrap_sets.h"
#include "modules/sys_core/server/claims.h"
#include "modules/sys_core/server/commands.h"
#include "modules/sys_core/server/erasure.h"
#include "modules/sys_core/server/erasure_record.h"
#include "modules/sys_core/server/events.h"
#include "modules/sys_core/server/integrity.h"
#include "modules/sys_core/server/parked.h"
#include "modules/sys_core/server/projections.h"
#include "modules/sys_core/server/reactors.h"
#include "modules/sys_core/server/snapshots.h"
#include "modules/sys_core/server/status.h"
#include "modules/sys_core/server/tables.h"
#include "modules/sys_core/server/tags.h"
#include "modules/sys_core/server/upgrades.h"
#include "sys/core/v1/core.pb.h"

namespace mt::sys_core {
namespace {

v1::Config defaults() {
  v1::Config config;
  config.set_bootstrap_window(128);
  config.mutable_commands()->set_remember_hours(kRememberedHours);
  return config;
}

}  // namespace

Module sys_core() {
  Module module("sys_core", "0.1.0", defaults());
  module.entity<BootstrapSet>();
  const auto sets = module.projection<BootstrapSets>();
  module.entity<ErasureRecord>();
  const auto erasures = module.projection<Erasures>();
  module.serve("sys.core.v1.StatusService", bind_status);
  module.serve("sys.core.v1.EventService", bind_events);
  module.serve("sys.core.v1.TagService", bind_tags);
  module.serve("sys.core.v1.CommandService", bind_commands);
  module.serve("sys.core.v1.ClaimService", bind_claims);
  module.serve("sys.core.v1.SnapshotService", bind_snapshots);
  module.serve("sys.core.v1.IntegrityService", bind_integrity);
  module.serve("sys.core.v1.BackupService", bind_backup);
  module.serve("sys.core.v1.ArchiveService", bind_archive);
  module.serve("sys.core.v1.ProjectionService", bind_projections);
  module.serve("sys.core.v1.TablesService", bind_tables);
  module.serve("sys.core.v1.UpgradeService", bind_upgrades);
  module.serve("sys.core.v1.ReactorService", bind_reactors);
  module.serve("sys.core.v1.ParkedService", bind_parked);
  module.serve("sys.core.v1.ErasureService", [erasures](Api& api, const Deps& deps) {
    return bind_erasure(api, deps, erasures);
  });
  module.serve("sys.core.v1.BootstrapService",
               [sets](Api& api, const Deps& deps) { return bind_bootstrap(api, deps, sets); });
  return module;
}

}  // namespace mt::sys_core
