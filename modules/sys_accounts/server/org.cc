#include "modules/sys_accounts/server/org.h"

#include <utility>

#include "modules/sys_accounts/server/names.h"

namespace mt::sys_accounts {
namespace {

Result<Decision<Org::Event>> create(const v1::CreateOrgRequest& request,
                                    const DecideContext& context) {
  if (context.exists()) return already_exists("organisation " + context.id + " exists already");
  MT_CHECK_OK(check_name("name", request.name()));
  v1::OrgEvent event;
  event.mutable_created()->set_name(request.name());
  event.mutable_created()->set_contact(request.contact());
  v1::CreateOrgResponse response;
  response.set_org_id(context.id);
  auto decision = accept(std::move(event), std::move(response));
  decision.taken.push_back({"org_name", fold_name(request.name())});
  return decision;
}

}  // namespace

Result<Decision<Org::Event>> Org::decide(const State&, const Command& command,
                                         const DecideContext& context) {
  switch (command.command_case()) {
    case Command::kCreate:
      return create(command.create(), context);
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("the command is empty");
}

void Org::evolve(State&, const Event&) {}

}  // namespace mt::sys_accounts
