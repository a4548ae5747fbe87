#include <string>
#include <utility>

#include "actors/api.h"
#include "modules/sys_accounts/server/account.h"
#include "modules/sys_accounts/server/scope.h"
#include "modules/sys_accounts/server/services.h"
#include "modules/sys_accounts/server/superadmins.h"
#include "modules/sys_accounts/server/tell.h"

namespace mt::sys_accounts {
namespace {

// A role's place must be one: its organisation exists, its project exists and is of that
// organisation.
Result<void> check_place(const Tables& tables, const KvReader& kv, const Scope& scope) {
  if (scope.is_everywhere()) return {};
  MT_TRY(const v1::OrgRow org, tables.orgs->require(kv, scope.org_id));
  if (scope.project_id.empty()) return {};
  MT_TRY(const v1::ProjectRow project, tables.projects->require(kv, scope.project_id));
  if (project.org_id() == scope.org_id) return {};
  return failed_precondition("project " + scope.project_id + " is not of organisation " +
                             scope.org_id + "; name the one it belongs to");
}

Result<v1::AccountRow> require_account(const Tables& tables, const KvReader& kv,
                                       const std::string& id) {
  auto row = tables.accounts->find(kv, id);
  if (!row) return not_found("account " + id + " does not exist");
  return *std::move(row);
}

Result<Reply> create(const Deps& deps, const v1::CreateAccountRequest& request, const Call& call) {
  const std::string id =
      request.account_id().empty() ? entity_id_from(call->command.id) : request.account_id();
  v1::AccountCommand command;
  *command.mutable_create() = request;
  return tell<Account>(deps, id, std::move(command), call);
}

// Who may give the role is decided by the entity, on the roles that the caller has at this call.
Result<Reply> grant(const Deps& deps, const Tables& tables, const v1::GrantRoleRequest& request,
                    const Call& call) {
  const Scope scope = scope_of(request);
  MT_CHECK_OK(check_scope(request.role(), scope));
  MT_TRY(const v1::AccountRow account,
         deps.node.tables().read([&](const KvReader& kv) -> Result<v1::AccountRow> {
           MT_CHECK_OK(check_place(tables, kv, scope));
           return require_account(tables, kv, request.account_id());
         }));
  if (request.role() == Role::ROLE_SUPERADMIN) {
    v1::SuperadminsCommand command;
    command.mutable_appoint()->set_account_id(request.account_id());
    return tell<Superadmins>(deps, Superadmins::kId, std::move(command), call);
  }
  if (scope.is_everywhere() && account.superadmin()) {
    return failed_precondition("account " + request.account_id() +
                               " is a superadmin; revoke that role first");
  }
  v1::AccountCommand command;
  *command.mutable_grant() = request;
  return tell<Account>(deps, request.account_id(), std::move(command), call);
}

Result<Reply> revoke(const Deps& deps, const Tables& tables, const v1::RevokeRoleRequest& request,
                     const Call& call) {
  MT_TRY(const v1::AccountRow account, deps.node.tables().read([&](const KvReader& kv) {
    return require_account(tables, kv, request.account_id());
  }));
  if (scope_of(request).is_everywhere() && account.superadmin()) {
    v1::SuperadminsCommand command;
    command.mutable_dismiss()->set_account_id(request.account_id());
    return tell<Superadmins>(deps, Superadmins::kId, std::move(command), call);
  }
  v1::AccountCommand command;
  *command.mutable_revoke() = request;
  return tell<Account>(deps, request.account_id(), std::move(command), call);
}

}  // namespace

Result<void> bind_accounts(Api& api, const Deps& deps, const Tables& tables) {
  MT_CHECK_OK(
      api.query("GetAccount", [tables](const v1::GetAccountRequest& request, const Query& query) {
        return tables.accounts->get(request, query.tables, query.call.caller);
      }));
  MT_CHECK_OK(api.query("ListAccounts",
                        [tables](const v1::ListAccountsRequest& request, const Query& query) {
                          return tables.accounts->list(request, query.tables);
                        }));
  MT_CHECK_OK(api.task<v1::CreateAccountResponse>(
      "CreateAccount", [&deps](const v1::CreateAccountRequest& request, const Call& call) {
        return create(deps, request, call);
      }));
  MT_CHECK_OK(api.task<v1::GrantRoleResponse>(
      "GrantRole", [&deps, tables](const v1::GrantRoleRequest& request, const Call& call) {
        return grant(deps, tables, request, call);
      }));
  return api.task<v1::RevokeRoleResponse>(
      "RevokeRole", [&deps, tables](const v1::RevokeRoleRequest& request, const Call& call) {
        return revoke(deps, tables, request, call);
      });
}

}  // namespace mt::sys_accounts
