// ErasureRecord: the entity that keeps the receipt of an erased subject; its id is the subject.
#pragma once

#include <string>
#include <string_view>

#include "actors/entity.h"
#include "sys/core/v1/storage.pb.h"

namespace mt::sys_core {

namespace v1 = ::sys::core::v1;

struct ErasureRecord {
  static constexpr std::string_view kCategory = "erasure";
  using Command = v1::ErasureCommand;
  using Event = v1::ErasureEvent;
  struct State {
    std::string hash;  // of the newest receipt
  };

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
};

}  // namespace mt::sys_core
