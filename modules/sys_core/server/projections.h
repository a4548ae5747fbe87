// ProjectionService: lists, rebuilds and verifies the tables of the node.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_projections(Api& api, const Deps& deps);

}  // namespace mt::sys_core
