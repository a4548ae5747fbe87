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

// The name may be the old one written otherwise: it is then held as before.
Result<Decision<Org::Event>> rename(const Org::State& state, const v1::RenameOrgRequest& request,
                                    const DecideContext& context) {
  if (!context.exists()) return not_found("organisation " + context.id + " does not exist");
  MT_CHECK_OK(check_name("name", request.name()));
  if (request.name() == state.name) return nothing_to_do<Org::Event>(v1::RenameOrgResponse());
  v1::OrgEvent event;
  event.mutable_renamed()->set_name(request.name());
  auto decision = accept(std::move(event), v1::RenameOrgResponse());
  const std::string before = fold_name(state.name);
  const std::string after = fold_name(request.name());
  if (before == after) return decision;
  decision.released.push_back({"org_name", before});
  decision.taken.push_back({"org_name", after});
  return decision;
}

}  // namespace

Result<Decision<Org::Event>> Org::decide(const State& state, const Command& command,
                                         const DecideContext& context) {
  switch (command.command_case()) {
    case Command::kCreate:
      return create(command.create(), context);
    case Command::kRename:
      return rename(state, command.rename(), context);
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("the command is empty");
}

void Org::evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kCreated:
      state.name = event.created().name();
      break;
    case Event::kRenamed:
      state.name = event.renamed().name();
      break;
    case Event::EVENT_NOT_SET:
      break;
  }
}

}  // namespace mt::sys_accounts
