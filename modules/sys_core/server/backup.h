// BackupService: gives the logs of the node away, as they are stored.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_backup(Api& api, const Deps& deps);

}  // namespace mt::sys_core
