// Place: the entity. It is registered once, and then a fact.
#pragma once

#include <string_view>

#include "actors/entity.h"
#include "modules/sys_timespace/server/v1.h"

namespace mt::sys_timespace {

struct Place {
  static constexpr std::string_view kCategory = "place";
  using Command = v1::PlaceCommand;
  using Event = v1::PlaceEvent;
  using State = v1::PlaceRegistered;

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
};

}  // namespace mt::sys_timespace
