#include "modules/sys_accounts/server/orgs.h"

#include <string>
#include <utility>

#include "modules/sys_accounts/server/protobuf_time.h"

namespace mt::sys_accounts {
namespace {

v1::Org shown(const v1::OrgRow& row) {
  v1::Org org;
  org.set_org_id(row.org_id());
  org.set_name(row.name());
  org.set_contact(row.contact());
  *org.mutable_created() = row.created();
  return org;
}

}  // namespace

void Orgs::apply(const v1::OrgEvent& event, const EventMeta& meta, KvWriter& kv) {
  switch (event.event_case()) {
    case v1::OrgEvent::kCreated: {
      v1::OrgRow row;
      row.set_org_id(meta.stream.id);
      row.set_name(event.created().name());
      row.set_contact(event.created().contact());
      *row.mutable_created() = to_timestamp(meta.time);
      rows_.put(kv, row);
      break;
    }
    case v1::OrgEvent::kRenamed: {
      v1::OrgRow row = rows_.get(kv, meta.stream.id).value_or(v1::OrgRow());
      row.set_org_id(meta.stream.id);
      row.set_name(event.renamed().name());
      rows_.put(kv, row);
      break;
    }
    case v1::OrgEvent::EVENT_NOT_SET:
      break;
  }
}

Result<v1::OrgRow> Orgs::require(const KvReader& kv, std::string_view org_id) const {
  auto row = rows_.get(kv, org_id);
  if (!row) return not_found("organisation " + std::string(org_id) + " does not exist");
  return *std::move(row);
}

Result<v1::GetOrgResponse> Orgs::get(const v1::GetOrgRequest& request, const KvReader& kv) const {
  MT_TRY(const v1::OrgRow row, require(kv, request.org_id()));
  v1::GetOrgResponse response;
  *response.mutable_org() = shown(row);
  return response;
}

Result<v1::ListOrgsResponse> Orgs::list(const v1::ListOrgsRequest& request,
                                        const KvReader& kv) const {
  const PageRequest wanted{request.page_size(), request.page_token(),
                           query_fingerprint("sys.accounts.v1.OrgService/ListOrgs", {})};
  MT_TRY(auto page, rows_.page(kv, "by_name", "", wanted));
  v1::ListOrgsResponse response;
  for (const v1::OrgRow& row : page.rows) *response.add_orgs() = shown(row);
  response.set_next_page_token(std::move(page.next_token));
  return response;
}

}  // namespace mt::sys_accounts
