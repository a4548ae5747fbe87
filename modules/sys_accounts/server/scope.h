// Scope: where a role holds. And the rule of who may give a role there or take it away. Pure.
#pragma once

#include <compare>
#include <string>

#include "bus/caller.h"
#include "events/base/result.h"
#include "modules/sys_accounts/server/v1.h"

namespace mt::sys_accounts {

struct Scope {
  std::string org_id;      // empty: everywhere
  std::string project_id;  // empty: the whole organisation

  bool is_everywhere() const { return org_id.empty() && project_id.empty(); }
  auto operator<=>(const Scope&) const = default;
};

// Of anything with org_id and project_id.
template <typename Scoped>
Scope scope_of(const Scoped& scoped) {
  return {scoped.org_id(), scoped.project_id()};
}

// "everywhere", "in organisation a", "in project b of organisation a".
std::string to_text(const Scope& scope);

// INVALID_ARGUMENT for a project without its organisation, and for superadmins who are not so
// everywhere.
Result<void> check_scope(Role role, const Scope& scope);

// Only admins of the scope give roles in it or take them away, and never a higher one than their
// own there. PERMISSION_DENIED otherwise.
Result<void> check_may_give(const Caller& caller, Role role, const Scope& scope);

}  // namespace mt::sys_accounts
