// Credentials: the table of what proves an account's owner. It is apart from that of accounts so
// that no answer can hold it by accident; only sign-in reads it.
#pragma once

#include <string>
#include <string_view>

#include "modules/sys_accounts/server/v1.h"
#include "projections/projection.h"
#include "projections/table.h"

namespace mt::sys_accounts {

class Credentials final : public ProjectionOf<v1::AccountEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const v1::AccountEvent& event, const EventMeta& meta, KvWriter& kv) override;

  // Empty when the account has none.
  std::string password_hash(const KvReader& kv, std::string_view account_id) const;

 private:
  Table<v1::CredentialRow> rows_{"sys_accounts_credentials",
                                 [](const v1::CredentialRow& row) { return row.account_id(); }};
};

}  // namespace mt::sys_accounts
