// ArchiveService: cold heads of logs, moved into sealed files, and what files there are.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_archive(Api& api, const Deps& deps);

}  // namespace mt::sys_core
