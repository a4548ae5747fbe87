// sys_core: what a node shows of itself and what operators ask of it: status, events, projections,
// bootstrap sets.
#pragma once

#include "actors/module.h"

namespace mt::sys_core {

Module sys_core();

}  // namespace mt::sys_core
