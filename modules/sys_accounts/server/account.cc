#include "modules/sys_accounts/server/account.h"

#include <algorithm>
#include <string>
#include <utility>

#include "modules/sys_accounts/server/names.h"

namespace mt::sys_accounts {
namespace {

using Decided = Result<Decision<Account::Event>>;

Error no_such_account(const std::string& id) {
  return not_found("account " + id + " does not exist");
}

v1::AccountEvent granted(Role role, const Scope& scope) {
  v1::AccountEvent event;
  auto& grant = *event.mutable_granted()->mutable_grant();
  grant.set_role(role);
  grant.set_org_id(scope.org_id);
  grant.set_project_id(scope.project_id);
  return event;
}

// An account and its first role, in one commit. Nobody signs in to one without a hash.
template <typename Response>
Decided register_with(const std::string& email, const std::string& password_hash,
                      const DecideContext& context) {
  if (context.exists()) return already_exists("account " + context.id + " exists already");
  const std::string normalized = normalize_email(email);
  if (normalized.empty() || normalized.size() > kMaxEmailBytes) {
    return invalid_field("email", "must have 1 to " + std::to_string(kMaxEmailBytes) + " bytes");
  }
  v1::AccountEvent event;
  event.mutable_registered()->set_email(email);
  event.mutable_registered()->set_password_hash(password_hash);
  Response response;
  response.set_account_id(context.id);
  auto decision = accept(std::move(event), std::move(response));
  decision.events.push_back(granted(Role::ROLE_GUEST, Scope{}));
  decision.taken.push_back({"email", normalized});
  return decision;
}

Decided create(const v1::CreateAccountRequest& request, const DecideContext& context) {
  MT_CHECK_OK(check_may_give(context.caller, Role::ROLE_SUPERADMIN, Scope{}));
  for (const Caller& other : {Caller::anonymous(), Caller::operator_here(), Caller::system()}) {
    if (context.id != other.actor()) continue;
    return invalid_field("account_id", "'" + context.id +
                                           "' is how the log names a caller without an account; "
                                           "choose another");
  }
  return register_with<v1::CreateAccountResponse>(request.email(), "", context);
}

Decided grant(const Account::State& state, const v1::GrantRoleRequest& request,
              const DecideContext& context) {
  if (!context.exists()) return no_such_account(context.id);
  const Scope scope = scope_of(request);
  MT_CHECK_OK(check_scope(request.role(), scope));
  if (request.role() == Role::ROLE_SUPERADMIN) {
    return internal("an account's stream holds no superadmins; appoint them in superadmins/all");
  }
  const auto held = state.roles.find(scope);
  const Role before = held == state.roles.end() ? Role::ROLE_UNSPECIFIED : held->second;
  MT_CHECK_OK(check_may_give(context.caller, std::max(before, request.role()), scope));
  if (before == request.role()) return nothing_to_do<Account::Event>(v1::GrantRoleResponse());
  if (held == state.roles.end() && state.roles.size() >= Account::kMaxRoles) {
    return failed_precondition("account " + context.id + " has roles in " +
                               std::to_string(Account::kMaxRoles) +
                               " scopes already; revoke one, or grant a wider one");
  }
  return accept(granted(request.role(), scope), v1::GrantRoleResponse());
}

Decided revoke(const Account::State& state, const v1::RevokeRoleRequest& request,
               const DecideContext& context) {
  if (!context.exists()) return no_such_account(context.id);
  const Scope scope = scope_of(request);
  MT_CHECK_OK(check_scope(Role::ROLE_UNSPECIFIED, scope));
  const auto held = state.roles.find(scope);
  // The right is asked first: who may not take a role away learns nothing of whether it is held.
  const Role before = held == state.roles.end() ? Role::ROLE_UNSPECIFIED : held->second;
  MT_CHECK_OK(check_may_give(context.caller, before, scope));
  if (held == state.roles.end()) {
    return not_found("account " + context.id + " has no role " + to_text(scope));
  }
  v1::AccountEvent event;
  event.mutable_revoked()->set_org_id(scope.org_id);
  event.mutable_revoked()->set_project_id(scope.project_id);
  return accept(std::move(event), v1::RevokeRoleResponse());
}

}  // namespace

Decided Account::decide(const State& state, const Command& command, const DecideContext& context) {
  if (context.erased) {
    return failed_precondition("account " + context.id + " was erased; it stays as it is");
  }
  switch (command.command_case()) {
    case Command::kRegisterAccount:
      return register_with<v1::RegisterResponse>(
          command.register_account().email(), command.register_account().password_hash(), context);
    case Command::kCreate:
      return create(command.create(), context);
    case Command::kGrant:
      return grant(state, command.grant(), context);
    case Command::kRevoke:
      return revoke(state, command.revoke(), context);
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("the command is empty");
}

void Account::evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kRegistered:
      break;
    case Event::kGranted:
      state.roles[scope_of(event.granted().grant())] = event.granted().grant().role();
      break;
    case Event::kRevoked:
      state.roles.erase(scope_of(event.revoked()));
      break;
    case Event::EVENT_NOT_SET:
      break;
  }
}

}  // namespace mt::sys_accounts
