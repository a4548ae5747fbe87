// The inside of ActorRuntime, for those who spawn actors. For actors/*.cc only: this header shows
// CAF.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <map>
#include <memory>
#include <shared_mutex>

#include "actors/runtime.h"
#include "actors/supervisor.h"

namespace mt {

class ActorRuntime::Impl {
 public:
  Impl(std::uint32_t threads, SupervisionLimits limits);

  caf::actor_system& system() { return system_; }
  void supervise(const ModuleName& name);
  // Aborts for a module that is not supervised.
  const SupervisedModulePtr& module(const ModuleName& name) const;
  std::vector<ModuleHealth> health() const;
  void stop();

 private:
  const SupervisionLimits limits_;
  caf::actor_system_config config_;
  caf::actor_system system_;
  Root root_;
  mutable std::shared_mutex mutex_;
  std::map<ModuleName, SupervisedModulePtr> modules_;
};

}  // namespace mt
