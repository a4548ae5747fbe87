// TagService: the events of a module that match a tag query.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_tags(Api& api, const Deps& deps);

}  // namespace mt::sys_core
