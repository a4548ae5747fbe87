// Sends an entity of the module one command and waits for its answer: for handlers on the worker
// pool.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "actors/deps.h"
#include "actors/entity.h"

namespace mt::sys_accounts {

using Call = std::shared_ptr<const CallContext>;

template <Entity E>
Result<Reply> tell(const Deps& deps, std::string id, typename E::Command command,
                   const Call& call) {
  return deps.commands->send_and_wait(
      entity_type<E>(), std::move(id),
      std::make_shared<const typename E::Command>(std::move(command)), call);
}

}  // namespace mt::sys_accounts
