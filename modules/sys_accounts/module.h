// sys_accounts: accounts, sign-in, organisations, projects and roles.
#pragma once

#include "actors/module.h"

namespace mt::sys_accounts {

Module sys_accounts();

}  // namespace mt::sys_accounts
