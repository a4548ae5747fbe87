// What mtctl leaves its shell; the table stands in docs/OPERATIONS.md. Pure.
#pragma once

#include "events/base/result.h"

namespace mt::mtctl {

inline constexpr int kUsage = 2;

int exit_code(Code code);

}  // namespace mt::mtctl
