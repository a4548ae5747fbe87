// Orgs: the table of organisations and the queries that read it.
#pragma once

#include <string_view>

#include "modules/sys_accounts/server/names.h"
#include "modules/sys_accounts/server/v1.h"
#include "projections/projection.h"
#include "projections/table.h"

namespace mt::sys_accounts {

class Orgs final : public ProjectionOf<v1::OrgEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const v1::OrgEvent& event, const EventMeta& meta, KvWriter& kv) override;

  // NOT_FOUND naming the organisation when there is none.
  Result<v1::OrgRow> require(const KvReader& kv, std::string_view org_id) const;

  Result<v1::GetOrgResponse> get(const v1::GetOrgRequest& request, const KvReader& kv) const;
  Result<v1::ListOrgsResponse> list(const v1::ListOrgsRequest& request, const KvReader& kv) const;

 private:
  Table<v1::OrgRow> rows_{"sys_accounts_orgs",
                          [](const v1::OrgRow& row) { return row.org_id(); },
                          {{"by_name", [](const v1::OrgRow& row) -> std::string {
                              return Key().sort_text(fold_name(row.name()));
                            }}}};
};

}  // namespace mt::sys_accounts
