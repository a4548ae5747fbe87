// SnapshotService: the states of entities that are kept.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_snapshots(Api& api, const Deps& deps);

}  // namespace mt::sys_core
