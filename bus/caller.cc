#include "bus/caller.h"

#include <algorithm>

namespace mt {
namespace {

// A grant covers a scope when it is as wide or wider. An empty organisation asks for everywhere,
// unless a project alone is named: project ids are unique, so the project is scope enough.
bool covers(const RoleGrant& grant, std::string_view org_id, std::string_view project_id) {
  if (grant.org_id.empty() && grant.project_id.empty()) return true;
  if (grant.project_id.empty()) return grant.org_id == org_id;
  return grant.project_id == project_id && (org_id.empty() || grant.org_id == org_id);
}

}  // namespace

bool Caller::has_role(Role role, std::string_view org_id, std::string_view project_id) const {
  if (is_unlimited()) return true;
  return std::ranges::any_of(roles, [&](const RoleGrant& grant) {
    return grant.role >= role && covers(grant, org_id, project_id);
  });
}

std::string Caller::actor() const {
  switch (kind) {
    case Kind::kAnonymous:
      return "anonymous";
    case Kind::kAccount:
      return account_id;
    case Kind::kOperator:
      return "operator";
    case Kind::kSystem:
      return "system";
  }
  return "anonymous";
}

}  // namespace mt
