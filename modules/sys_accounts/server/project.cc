#include "modules/sys_accounts/server/project.h"

#include <utility>

#include "modules/sys_accounts/server/names.h"

namespace mt::sys_accounts {
namespace {

Result<Decision<Project::Event>> create(const v1::CreateProjectRequest& request,
                                        const DecideContext& context) {
  if (context.exists()) return already_exists("project " + context.id + " exists already");
  MT_CHECK_OK(check_name("name", request.name()));
  v1::ProjectEvent event;
  event.mutable_created()->set_org_id(request.org_id());
  event.mutable_created()->set_name(request.name());
  v1::CreateProjectResponse response;
  response.set_project_id(context.id);
  auto decision = accept(std::move(event), std::move(response));
  // No organisation's id holds a slash, so two organisations never meet in one value.
  decision.taken.push_back({"project_name", request.org_id() + "/" + fold_name(request.name())});
  return decision;
}

}  // namespace

Result<Decision<Project::Event>> Project::decide(const State&, const Command& command,
                                                 const DecideContext& context) {
  switch (command.command_case()) {
    case Command::kCreate:
      return create(command.create(), context);
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("the command is empty");
}

void Project::evolve(State&, const Event&) {}

}  // namespace mt::sys_accounts
