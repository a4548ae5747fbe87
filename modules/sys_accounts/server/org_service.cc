#include <memory>
#include <string>
#include <utility>

#include "modules/sys_accounts/server/org.h"
#include "modules/sys_accounts/server/project.h"
#include "modules/sys_accounts/server/services.h"
#include "modules/sys_accounts/server/tell.h"

namespace mt::sys_accounts {
namespace {

// The organisation is looked up here, beside the entity: organisations are never removed, so what
// the tables show stays true.
Result<Reply> create_project(const Deps& deps, const Tables& tables,
                             const v1::CreateProjectRequest& request, const Call& call) {
  MT_TRY(const v1::OrgRow org, deps.node.tables().read([&](const KvReader& kv) {
    return tables.orgs->require(kv, request.org_id());
  }));
  const std::string id =
      request.project_id().empty() ? entity_id_from(call->command.id) : request.project_id();
  v1::ProjectCommand command;
  *command.mutable_create() = request;
  return tell<Project>(deps, id, std::move(command), call);
}

}  // namespace

Result<void> bind_orgs(Api& api, const Deps&, const Tables& tables) {
  MT_CHECK_OK(api.entity<Org>());
  MT_CHECK_OK(api.query("GetOrg", [tables](const v1::GetOrgRequest& request, const Query& query) {
    return tables.orgs->get(request, query.tables);
  }));
  return api.query("ListOrgs", [tables](const v1::ListOrgsRequest& request, const Query& query) {
    return tables.orgs->list(request, query.tables);
  });
}

Result<void> bind_projects(Api& api, const Deps& deps, const Tables& tables) {
  MT_CHECK_OK(api.task<v1::CreateProjectResponse>(
      "CreateProject", [&deps, tables](const v1::CreateProjectRequest& request, const Call& call) {
        return create_project(deps, tables, request, call);
      }));
  MT_CHECK_OK(
      api.query("GetProject", [tables](const v1::GetProjectRequest& request, const Query& query) {
        return tables.projects->get(request, query.tables);
      }));
  return api.query("ListProjects",
                   [tables](const v1::ListProjectsRequest& request, const Query& query) {
                     return tables.projects->list(request, query.tables);
                   });
}

}  // namespace mt::sys_accounts
