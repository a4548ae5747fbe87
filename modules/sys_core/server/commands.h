// CommandService: what the commands that may be sent again have done.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_commands(Api& api, const Deps& deps);

}  // namespace mt::sys_core
