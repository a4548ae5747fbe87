// BootstrapSet: the entity that remembers that a set of commands is in, and which file it was.
#pragma once

#include <string>
#include <string_view>

#include "actors/entity.h"
#include "sys/core/v1/storage.pb.h"

namespace mt::sys_core {

namespace v1 = ::sys::core::v1;

struct BootstrapSet {
  static constexpr std::string_view kCategory = "bootstrap_set";
  using Command = v1::BootstrapSetCommand;
  using Event = v1::BootstrapSetEvent;
  struct State {
    std::string fingerprint;
  };

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
};

}  // namespace mt::sys_core
