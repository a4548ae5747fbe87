#include "modules/sys_accounts/server/scope.h"

#include <algorithm>

namespace mt::sys_accounts {

std::string to_text(const Scope& scope) {
  if (scope.is_everywhere()) return "everywhere";
  if (scope.project_id.empty()) return "in organisation " + scope.org_id;
  return "in project " + scope.project_id + " of organisation " + scope.org_id;
}

Result<void> check_scope(Role role, const Scope& scope) {
  if (scope.org_id.empty() && !scope.project_id.empty()) {
    return invalid_field("org_id",
                         "is empty; name the organisation of project " + scope.project_id);
  }
  if (role == Role::ROLE_SUPERADMIN && !scope.is_everywhere()) {
    return invalid_field("role",
                         "ROLE_SUPERADMIN holds everywhere or not at all; leave org_id and "
                         "project_id empty, or give ROLE_ADMIN");
  }
  return {};
}

Result<void> check_may_give(const Caller& caller, Role role, const Scope& scope) {
  if (caller.is_unlimited()) return {};
  const Role needed = std::max(role, Role::ROLE_ADMIN);
  if (caller.has_role(needed, scope.org_id, scope.project_id)) return {};
  return permission_denied("to give or take away " + api::v1::Role_Name(role) + " " +
                           to_text(scope) + " one must have " + api::v1::Role_Name(needed) +
                           " there; ask somebody who has it");
}

}  // namespace mt::sys_accounts
