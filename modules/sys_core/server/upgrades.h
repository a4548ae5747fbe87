// UpgradeService: brings tables to their next versions and back.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_upgrades(Api& api, const Deps& deps);

}  // namespace mt::sys_core
