// ClaimService: who holds the values that are unique in their module.
#pragma once

#include "actors/api.h"

namespace mt::sys_core {

Result<void> bind_claims(Api& api, const Deps& deps);

}  // namespace mt::sys_core
