// Org: the entity of an organisation. Its name is its own among all organisations.
#pragma once

#include <string>
#include <string_view>

#include "actors/entity.h"
#include "modules/sys_accounts/server/v1.h"

namespace mt::sys_accounts {

struct Org {
  static constexpr std::string_view kCategory = "org";
  using Command = v1::OrgCommand;
  using Event = v1::OrgEvent;
  struct State {
    std::string name;
  };

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
};

}  // namespace mt::sys_accounts
