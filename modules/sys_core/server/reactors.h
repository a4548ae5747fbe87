// ReactorService: how far reactors are, and what operators ask of them.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_reactors(Api& api, const Deps& deps);

}  // namespace mt::sys_core
