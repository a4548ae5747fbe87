// IntegrityService: checks the logs of the node, and gives the anchors by which they can be checked
// later.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_integrity(Api& api, const Deps& deps);

}  // namespace mt::sys_core
