// ParkedService: what tables leave out, seen, tried again or dropped.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_parked(Api& api, const Deps& deps);

}  // namespace mt::sys_core
