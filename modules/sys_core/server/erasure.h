// ErasureService: erases subjects of personal data, and keeps the receipts.
#pragma once

#include <memory>

#include "actors/api.h"
#include "modules/sys_core/server/erasures.h"

namespace mt::sys_core {

Result<void> bind_erasure(Api& api, const Deps& deps, const std::shared_ptr<Erasures>& erasures);

}  // namespace mt::sys_core
