// The module's tables, as its services share them.
#pragma once

#include <memory>

#include "modules/sys_accounts/server/accounts.h"
#include "modules/sys_accounts/server/credentials.h"
#include "modules/sys_accounts/server/orgs.h"
#include "modules/sys_accounts/server/projects.h"

namespace mt::sys_accounts {

struct Tables {
  std::shared_ptr<const Accounts> accounts;
  std::shared_ptr<const Credentials> credentials;
  std::shared_ptr<const Orgs> orgs;
  std::shared_ptr<const Projects> projects;
};

}  // namespace mt::sys_accounts
