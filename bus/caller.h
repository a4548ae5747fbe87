// Who calls, as the dispatcher established it. Authorisation reads nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "mt/api/v1/options.pb.h"

namespace mt {

using Role = api::v1::Role;

// A role everywhere (both ids empty), in an organisation, or in one of its projects.
struct RoleGrant {
  Role role = Role::ROLE_UNSPECIFIED;
  std::string org_id;
  std::string project_id;

  bool operator==(const RoleGrant&) const = default;
};

struct Caller {
  enum class Kind {
    kAnonymous,
    kAccount,   // holds a valid token
    kOperator,  // sits at this machine: the unix socket in the data folder
    kSystem,    // the platform itself, in process
  };

  Kind kind = Kind::kAnonymous;
  std::string account_id;  // of kAccount
  std::vector<RoleGrant> roles;

  static Caller anonymous() { return {}; }
  static Caller operator_here() { return {Kind::kOperator, {}, {}}; }
  static Caller system() { return {Kind::kSystem, {}, {}}; }

  // Operator and system may do everything.
  bool is_unlimited() const { return kind == Kind::kOperator || kind == Kind::kSystem; }
  bool is_superadmin() const { return has_role(Role::ROLE_SUPERADMIN, "", ""); }

  // At least `role`, within the scope: a grant everywhere covers all, one in an organisation covers
  // its projects, a superadmin covers everything.
  bool has_role(Role role, std::string_view org_id, std::string_view project_id) const;

  // As the log names it: the account's id, "operator", "system" or "anonymous".
  std::string actor() const;
};

// Turns a bearer token into a caller. Implemented by the accounts module; called on edge threads,
// so it must not block.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // UNAUTHENTICATED with the reason (expired, bad signature, unknown or disabled account).
  virtual Result<Caller> authenticate(std::string_view token) const = 0;
};

}  // namespace mt
