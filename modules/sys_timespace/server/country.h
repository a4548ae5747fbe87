// Country: the entity. Its id is the code of ISO 3166-1; it is registered once, with its names in
// many languages, and then a fact.
#pragma once

#include <string_view>

#include "actors/entity.h"
#include "modules/sys_timespace/server/v1.h"

namespace mt::sys_timespace {

struct Country {
  static constexpr std::string_view kCategory = "country";
  using Command = v1::CountryCommand;
  using Event = v1::CountryEvent;
  using State = v1::CountryRegistered;

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
};

}  // namespace mt::sys_timespace
