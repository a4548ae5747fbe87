// Accounts: the table of accounts with their roles, and the queries that read it. It folds two
// kinds of stream, since a superadmin's role is kept in superadmins/all.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bus/caller.h"
#include "modules/sys_accounts/server/names.h"
#include "modules/sys_accounts/server/v1.h"
#include "projections/projection.h"
#include "projections/table.h"

namespace mt::sys_accounts {

class Accounts final : public ProjectionOf<v1::AccountEvent, v1::SuperadminsEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const v1::AccountEvent& event, const EventMeta& meta, KvWriter& kv) override;
  void apply(const v1::SuperadminsEvent& event, const EventMeta& meta, KvWriter& kv) override;

  std::optional<v1::AccountRow> find(const KvReader& kv, std::string_view account_id) const;
  // However its letters are cased.
  std::optional<v1::AccountRow> find_by_email(const KvReader& kv, std::string_view email) const;

  Result<v1::GetAccountResponse> get(const v1::GetAccountRequest& request, const KvReader& kv,
                                     const Caller& caller) const;
  Result<v1::ListAccountsResponse> list(const v1::ListAccountsRequest& request,
                                        const KvReader& kv) const;

 private:
  void set_superadmin(const std::string& account_id, bool superadmin, KvWriter& kv) const;

  Table<v1::AccountRow> rows_{"sys_accounts_accounts",
                              [](const v1::AccountRow& row) { return row.account_id(); },
                              {{"by_email", [](const v1::AccountRow& row) -> std::string {
                                  return Key().text(normalize_email(row.email()));
                                }}}};
};

// The roles of an account now, that of a superadmin in place of any other that holds everywhere.
std::vector<RoleGrant> roles_of(const v1::AccountRow& row);

}  // namespace mt::sys_accounts
