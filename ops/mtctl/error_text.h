// An error as mtctl tells it: what, why, and what to do about it. Pure.
#pragma once

#include <string>

#include "events/base/result.h"
#include "ops/mtctl/target.h"

namespace mt::mtctl {

// Lines for stderr. `target`: null when no node was asked.
std::string error_text(const Error& error, const Target* target);

}  // namespace mt::mtctl
