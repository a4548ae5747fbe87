// The fold of a projection, under the name by which this module's tests call it.
#pragma once

#include "tests/unit/modules/folded.h"
#include "tests/unit/modules/sys_accounts/given.h"

namespace mt::sys_accounts {

using test::Folded;

}  // namespace mt::sys_accounts
