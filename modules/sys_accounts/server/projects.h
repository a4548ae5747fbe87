// Projects: the table of projects and the queries that read it.
#pragma once

#include <string_view>

#include "modules/sys_accounts/server/names.h"
#include "modules/sys_accounts/server/v1.h"
#include "projections/projection.h"
#include "projections/table.h"

namespace mt::sys_accounts {

class Projects final : public ProjectionOf<v1::ProjectEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const v1::ProjectEvent& event, const EventMeta& meta, KvWriter& kv) override;

  // NOT_FOUND naming the project when there is none.
  Result<v1::ProjectRow> require(const KvReader& kv, std::string_view project_id) const;

  Result<v1::GetProjectResponse> get(const v1::GetProjectRequest& request,
                                     const KvReader& kv) const;
  Result<v1::ListProjectsResponse> list(const v1::ListProjectsRequest& request,
                                        const KvReader& kv) const;

 private:
  Table<v1::ProjectRow> rows_{"sys_accounts_projects",
                              [](const v1::ProjectRow& row) { return row.project_id(); },
                              {{"by_org", [](const v1::ProjectRow& row) -> std::string {
                                  return Key().text(row.org_id()).sort_text(fold_name(row.name()));
                                }}}};
};

}  // namespace mt::sys_accounts
