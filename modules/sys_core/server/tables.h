// TablesService: the file that all tables lie in.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_tables(Api& api, const Deps& deps);

}  // namespace mt::sys_core
