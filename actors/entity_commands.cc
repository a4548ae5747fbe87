#include "actors/entity_commands.h"

#include <algorithm>
#include <future>
#include <utility>

#include "actors/entity_hosts.h"

namespace mt {
namespace {

using Instant = std::chrono::steady_clock::time_point;

}  // namespace

EntityCommands::EntityCommands(ModuleName module, const std::vector<const EntityType*>& entities,
                               Deliver deliver)
    : module_(std::move(module)), entities_(entities), deliver_(std::move(deliver)) {}

void EntityCommands::send(const EntityType& type, std::string id,
                          std::shared_ptr<const Message> command,
                          std::shared_ptr<const CallContext> call, Respond respond) {
  if (auto checked = check_command(type, *command); !checked) {
    return respond(std::move(checked).error());
  }
  EntityCommand sent;
  sent.module = module_;
  sent.type = &type;
  sent.id = std::move(id);
  sent.command = std::move(command);
  sent.call = std::move(call);
  sent.respond = std::move(respond);
  deliver_(std::move(sent));
}

Result<Reply> EntityCommands::send_and_wait(const EntityType& type, std::string id,
                                            std::shared_ptr<const Message> command,
                                            std::shared_ptr<const CallContext> call) {
  const Instant deadline = call->deadline;
  // Shared, since the answer may come after the wait was given up.
  const auto promise = std::make_shared<std::promise<Result<Reply>>>();
  std::future<Result<Reply>> answer = promise->get_future();
  send(type, std::move(id), std::move(command), std::move(call),
       [promise](Result<Reply> reply) { promise->set_value(std::move(reply)); });
  const bool bounded = deadline != Instant::max();
  if (bounded && answer.wait_until(deadline) != std::future_status::ready) {
    return Error{Code::kDeadlineExceeded,
                 "no answer within the deadline; the command may still take effect"};
  }
  return answer.get();
}

Result<void> EntityCommands::check_command(const EntityType& type, const Message& command) const {
  if (std::ranges::find(entities_, &type) == entities_.end()) {
    return internal("entity '" + type.category + "' is not one of module " + module_.value);
  }
  if (command.GetDescriptor() == type.command) return {};
  return internal("entity '" + type.category + "' takes a " + type.command->full_name() +
                  ", not a " + command.GetDescriptor()->full_name());
}

}  // namespace mt
