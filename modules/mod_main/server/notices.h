// Notices: the table of the notices that stand, and the one query that reads it.
#pragma once

#include <cstdint>

#include "mod/main/v1/notices.pb.h"
#include "projections/live_rows.h"
#include "projections/projection.h"
#include "projections/table.h"

namespace mt::mod_main {

namespace v1 = ::mod::main::v1;

class Notices final : public ProjectionOf<v1::NoticeEvent> {
 public:
  TableBase& table() override { return rows_; }
  using ProjectionOf::apply;
  void apply(const v1::NoticeEvent& event, const EventMeta& meta, KvWriter& kv) override;

  // The notices of an organisation, newest first. `page_size` serves a request that names none.
  Result<v1::ListNoticesResponse> list(const v1::ListNoticesRequest& request, const KvReader& kv,
                                       std::uint32_t page_size) const;
  // The same notices, for a live query.
  LiveRows<v1::NoticeRow> of_org(const std::string& org_id) const;

 private:
  Table<v1::NoticeRow> rows_{"mod_main_notices",
                             [](const v1::NoticeRow& row) { return row.notice_id(); },
                             {{"by_org", [](const v1::NoticeRow& row) -> std::string {
                                 return Key().text(row.org_id()).u64(row.position());
                               }}}};
};

}  // namespace mt::mod_main
