#include "modules/sys_accounts/server/projects.h"

#include <string>
#include <utility>

#include "modules/sys_accounts/server/protobuf_time.h"

namespace mt::sys_accounts {
namespace {

v1::Project shown(const v1::ProjectRow& row) {
  v1::Project project;
  project.set_project_id(row.project_id());
  project.set_org_id(row.org_id());
  project.set_name(row.name());
  *project.mutable_created() = row.created();
  return project;
}

}  // namespace

void Projects::apply(const v1::ProjectEvent& event, const EventMeta& meta, KvWriter& kv) {
  switch (event.event_case()) {
    case v1::ProjectEvent::kCreated: {
      v1::ProjectRow row;
      row.set_project_id(meta.stream.id);
      row.set_org_id(event.created().org_id());
      row.set_name(event.created().name());
      *row.mutable_created() = to_timestamp(meta.time);
      rows_.put(kv, row);
      break;
    }
    case v1::ProjectEvent::EVENT_NOT_SET:
      break;
  }
}

Result<v1::ProjectRow> Projects::require(const KvReader& kv, std::string_view project_id) const {
  auto row = rows_.get(kv, project_id);
  if (!row) return not_found("project " + std::string(project_id) + " does not exist");
  return *std::move(row);
}

Result<v1::GetProjectResponse> Projects::get(const v1::GetProjectRequest& request,
                                             const KvReader& kv) const {
  MT_TRY(const v1::ProjectRow row, require(kv, request.project_id()));
  v1::GetProjectResponse response;
  *response.mutable_project() = shown(row);
  return response;
}

Result<v1::ListProjectsResponse> Projects::list(const v1::ListProjectsRequest& request,
                                                const KvReader& kv) const {
  const PageRequest wanted{
      request.page_size(), request.page_token(),
      query_fingerprint("sys.accounts.v1.ProjectService/ListProjects", {request.org_id()})};
  const std::string prefix = request.org_id().empty() ? "" : Key().text(request.org_id()).bytes();
  MT_TRY(auto page, rows_.page(kv, "by_org", prefix, wanted));
  v1::ListProjectsResponse response;
  for (const v1::ProjectRow& row : page.rows) *response.add_projects() = shown(row);
  response.set_next_page_token(std::move(page.next_token));
  return response;
}

}  // namespace mt::sys_accounts
