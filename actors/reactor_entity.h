// ReactorEntity: what a reactor knows of itself, an entity of its module like any other: its mark,
// the streams that are behind it, whether it is paused. A fact of the log, so that no deleted table
// and no restored backup makes a reactor forget what it has done. Pure.
#pragma once

#include <string_view>

#include "actors/entity.h"
#include "mt/reactors/v1/reactor.pb.h"

namespace mt {

struct ReactorEntity {
  static constexpr std::string_view kCategory = "reactor";
  using Command = reactors::v1::ReactorCommand;
  using Event = reactors::v1::ReactorEvent;
  using State = reactors::v1::ReactorState;

  // NOT_FOUND when a stream that is to be retried or dropped is not parked; FAILED_PRECONDITION
  // when it is parked at another position.
  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
};

// How many streams are parked.
std::size_t parked_streams(const reactors::v1::ReactorState& state);

}  // namespace mt
