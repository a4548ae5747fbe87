// Project: the entity of a project. It belongs to one organisation for ever, within which its name
// is its own.
#pragma once

#include <string_view>

#include "actors/entity.h"
#include "modules/sys_accounts/server/v1.h"

namespace mt::sys_accounts {

struct Project {
  static constexpr std::string_view kCategory = "project";
  using Command = v1::ProjectCommand;
  using Event = v1::ProjectEvent;
  struct State {};

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
};

}  // namespace mt::sys_accounts
