// EntityCommands: a module's own way to its entities, for handlers that prepare a command.
#pragma once

#include <vector>

#include "actors/deliver.h"
#include "actors/deps.h"
#include "actors/entity.h"

namespace mt {

class EntityCommands final : public Commands {
 public:
  // `entities` are those of the module and outlive this.
  EntityCommands(ModuleName module, const std::vector<const EntityType*>& entities,
                 Deliver deliver);

  // INTERNAL when the entity is not one of the module, or the command is not one of its commands.
  void send(const EntityType& type, std::string id, std::shared_ptr<const Message> command,
            std::shared_ptr<const CallContext> call, Respond respond) override;
  // DEADLINE_EXCEEDED when no answer came within the call's deadline.
  Result<Reply> send_and_wait(const EntityType& type, std::string id,
                              std::shared_ptr<const Message> command,
                              std::shared_ptr<const CallContext> call) override;

 private:
  Result<void> check_command(const EntityType& type, const Message& command) const;

  const ModuleName module_;
  const std::vector<const EntityType*>& entities_;
  const Deliver deliver_;
};

}  // namespace mt
