// EventService: the events of a module as a person reads them, payloads by field name.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_events(Api& api, const Deps& deps);

}  // namespace mt::sys_core
