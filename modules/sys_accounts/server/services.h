// Binds the module's services, each method in a line; one source file a service.
#pragma once

#include "actors/api.h"
#include "modules/sys_accounts/server/tables.h"

namespace mt::sys_accounts {

// `deps` is valid as long as the node, and so as long as the methods.
Result<void> bind_setup(Api& api, const Deps& deps, const Tables& tables);
Result<void> bind_auth(Api& api, const Deps& deps, const Tables& tables);
Result<void> bind_accounts(Api& api, const Deps& deps, const Tables& tables);
Result<void> bind_orgs(Api& api, const Deps& deps, const Tables& tables);
Result<void> bind_projects(Api& api, const Deps& deps, const Tables& tables);

}  // namespace mt::sys_accounts
