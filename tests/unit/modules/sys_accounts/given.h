// What this module's tests of entities begin with, and a caller who has an account.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/modules/given.h"

namespace mt::sys_accounts {

using test::at_second;
using test::Given;
using test::reply_in;

inline Caller account(std::string id, std::vector<RoleGrant> roles = {}) {
  return {Caller::Kind::kAccount, std::move(id), std::move(roles)};
}

}  // namespace mt::sys_accounts
