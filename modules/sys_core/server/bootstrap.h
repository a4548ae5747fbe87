// BootstrapService: lists, plans and applies sets of commands.
#pragma once

#include <memory>

#include "actors/api.h"
#include "modules/sys_core/server/bootstrap_sets.h"

namespace mt::sys_core {

Result<void> bind_bootstrap(Api& api, const Deps& deps, const std::shared_ptr<BootstrapSets>& sets);

}  // namespace mt::sys_core
