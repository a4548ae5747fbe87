// ActorRuntime: the actor system of a node, and the supervisor tree in it: the root watches one
// supervisor a module, which watches the module's actors. One-for-one, with back-off and an
// intensity limit; a module that fails too often is reported failed, and the rest goes on. CAF
// stays behind this.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "events/base/ids.h"

namespace mt {

struct SupervisionLimits {
  std::uint32_t failures = 5;  // within `window`: the module is taken out of service
  std::chrono::milliseconds window{60'000};
  std::chrono::milliseconds first_back_off{
      100};  // doubles with each time in a row, up to the longest
  std::chrono::milliseconds longest_back_off{30'000};
  std::uint32_t restarts = 5;  // of a module in a row; after that it is failed for good
};

// degraded: failures happened lately. stopped: out of service, back after its back-off.
enum class ModuleState { kStarting, kRunning, kDegraded, kStopped, kFailed };

std::string_view to_string(ModuleState state);

struct ModuleHealth {
  ModuleName module;
  ModuleState state = ModuleState::kStarting;
  std::string reason;  // of the last failure
};

class ActorRuntime {
 public:
  // `threads`: of the scheduler; 0: one a processor core.
  ActorRuntime(std::uint32_t threads, SupervisionLimits limits);
  ~ActorRuntime();  // stop()

  // Begins to supervise a module; before its first actor.
  void supervise(const ModuleName& module);
  // Any thread, cheap: whether the module's actors may work now.
  bool in_service(const ModuleName& module) const;
  std::vector<ModuleHealth> health() const;
  // Puts a failed module back into service, its counts at zero.
  void reset(const ModuleName& module);

  // Ends all actors and waits for them.
  void stop();

  class Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace mt
