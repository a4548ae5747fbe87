#include "modules/sys_accounts/server/accounts.h"

#include <map>
#include <utility>

#include "modules/sys_accounts/server/protobuf_time.h"
#include "modules/sys_accounts/server/scope.h"

namespace mt::sys_accounts {
namespace {

// Sets the role of a scope, or removes it when it is ROLE_UNSPECIFIED.
void set_role(v1::AccountRow& row, const Scope& scope, Role role) {
  std::map<Scope, Role> roles;
  for (const v1::RoleGrant& grant : row.roles()) roles[scope_of(grant)] = grant.role();
  roles[scope] = role;
  if (role == Role::ROLE_UNSPECIFIED) roles.erase(scope);
  row.clear_roles();
  for (const auto& [where, held] : roles) {
    v1::RoleGrant& grant = *row.add_roles();
    grant.set_role(held);
    grant.set_org_id(where.org_id);
    grant.set_project_id(where.project_id);
  }
}

// What a caller may see of an account: everything of their own, otherwise only the roles in scopes
// whose admin they are. Every grant of the caller counts, in however many organisations.
v1::Account visible_to(const Caller& caller, const v1::AccountRow& row) {
  v1::Account account;
  account.set_account_id(row.account_id());
  account.set_email(row.email());
  *account.mutable_registered() = row.registered();
  account.set_erased(row.erased());
  const bool own = caller.kind == Caller::Kind::kAccount && caller.account_id == row.account_id();
  for (const RoleGrant& grant : roles_of(row)) {
    if (!own && !caller.has_role(Role::ROLE_ADMIN, grant.org_id, grant.project_id)) continue;
    v1::RoleGrant& shown = *account.add_roles();
    shown.set_role(grant.role);
    shown.set_org_id(grant.org_id);
    shown.set_project_id(grant.project_id);
  }
  return account;
}

bool sees_without_roles(const Caller& caller, const v1::AccountRow& row) {
  return caller.has_role(Role::ROLE_ADMIN, "", "") ||
         (caller.kind == Caller::Kind::kAccount && caller.account_id == row.account_id());
}

}  // namespace

std::vector<RoleGrant> roles_of(const v1::AccountRow& row) {
  std::vector<RoleGrant> roles;
  if (row.superadmin()) roles.push_back({Role::ROLE_SUPERADMIN, "", ""});
  for (const v1::RoleGrant& grant : row.roles()) {
    if (row.superadmin() && scope_of(grant).is_everywhere()) continue;
    roles.push_back({grant.role(), grant.org_id(), grant.project_id()});
  }
  return roles;
}

void Accounts::apply(const v1::AccountEvent& event, const EventMeta& meta, KvWriter& kv) {
  v1::AccountRow row = find(kv, meta.stream.id).value_or(v1::AccountRow());
  switch (event.event_case()) {
    case v1::AccountEvent::kRegistered:
      row.set_account_id(meta.stream.id);
      row.set_email(event.registered().email());
      row.set_erased(meta.erased);
      *row.mutable_registered() = to_timestamp(meta.time);
      break;
    case v1::AccountEvent::kGranted:
      set_role(row, scope_of(event.granted().grant()), event.granted().grant().role());
      break;
    case v1::AccountEvent::kRevoked:
      set_role(row, scope_of(event.revoked()), Role::ROLE_UNSPECIFIED);
      break;
    case v1::AccountEvent::EVENT_NOT_SET:
      return;
  }
  rows_.put(kv, row);
}

void Accounts::apply(const v1::SuperadminsEvent& event, const EventMeta&, KvWriter& kv) {
  switch (event.event_case()) {
    case v1::SuperadminsEvent::kAppointed:
      set_superadmin(event.appointed().account_id(), true, kv);
      break;
    case v1::SuperadminsEvent::kDismissed:
      set_superadmin(event.dismissed().account_id(), false, kv);
      break;
    case v1::SuperadminsEvent::kTokenIssued:
    case v1::SuperadminsEvent::kTokenRedeemed:
    case v1::SuperadminsEvent::EVENT_NOT_SET:
      break;
  }
}

void Accounts::set_superadmin(const std::string& account_id, bool superadmin, KvWriter& kv) const {
  auto row = find(kv, account_id);
  if (!row) return;  // only accounts are appointed, and they are never removed
  row->set_superadmin(superadmin);
  rows_.put(kv, *row);
}

std::optional<v1::AccountRow> Accounts::find(const KvReader& kv,
                                             std::string_view account_id) const {
  return rows_.get(kv, account_id);
}

std::optional<v1::AccountRow> Accounts::find_by_email(const KvReader& kv,
                                                      std::string_view email) const {
  const std::string normalized = normalize_email(email);
  // Those that were erased are found by no e-mail.
  if (normalized.empty() || normalized.size() > kMaxEmailBytes) return std::nullopt;
  const auto page = rows_.page(kv, "by_email", Key().text(normalized).bytes(), {1, "", 0});
  if (!page || page->rows.empty()) return std::nullopt;
  return page->rows[0];
}

Result<v1::GetAccountResponse> Accounts::get(const v1::GetAccountRequest& request,
                                             const KvReader& kv, const Caller& caller) const {
  const bool own = request.account_id().empty();
  if (own && caller.kind != Caller::Kind::kAccount) {
    return invalid_field(
        "account_id", "is empty, and " + caller.actor() + " has no account; name the one to show");
  }
  const std::string& id = own ? caller.account_id : request.account_id();
  const auto row = find(kv, id);
  v1::GetAccountResponse response;
  if (row) *response.mutable_account() = visible_to(caller, *row);
  // One answer for what is not there and for what one may not see: it betrays no account.
  if (!row || (response.account().roles().empty() && !sees_without_roles(caller, *row))) {
    return not_found("account " + id + " does not exist, or you may not see it");
  }
  return response;
}

Result<v1::ListAccountsResponse> Accounts::list(const v1::ListAccountsRequest& request,
                                                const KvReader& kv) const {
  const std::string begin = normalize_email(request.email_prefix());
  if (begin.size() > kMaxEmailBytes) {
    return invalid_field("email_prefix",
                         "is longer than any e-mail, " + std::to_string(kMaxEmailBytes) + " bytes");
  }
  const PageRequest wanted{
      request.page_size(), request.page_token(),
      query_fingerprint("sys.accounts.v1.AccountService/ListAccounts", {begin})};
  const std::string prefix = begin.empty() ? "" : Key().prefix_of_text(begin);
  MT_TRY(auto page, rows_.page(kv, "by_email", prefix, wanted));
  v1::ListAccountsResponse response;
  for (const v1::AccountRow& row : page.rows) {
    *response.add_accounts() = visible_to(Caller::system(), row);
  }
  response.set_next_page_token(std::move(page.next_token));
  return response;
}

}  // namespace mt::sys_accounts
