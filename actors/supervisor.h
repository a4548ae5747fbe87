// The supervisor tree's actors. A module's supervisor monitors the module's actors and takes the
// module out of service, and back, as its ModuleWatch says; the root monitors the supervisors and
// replaces one that fails. For actors/*.cc only: this header shows CAF.
#pragma once

#include <caf/actor_addr.hpp>
#include <caf/atom.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "actors/module_watch.h"

namespace mt {

using watch_atom = caf::atom_constant<caf::atom("watch")>;
using resume_atom = caf::atom_constant<caf::atom("resume")>;

using Supervisor = caf::typed_actor<caf::reacts_to<watch_atom, caf::strong_actor_ptr>,
                                    caf::reacts_to<resume_atom, std::uint64_t>>;

// A module and those who work for it. Shared by the supervisor of the time, the root, and the
// threads that spawn actors; a new supervisor takes over the children of the one before.
class SupervisedModule {
 public:
  SupervisedModule(ModuleName name, SupervisionLimits limits) : watch(std::move(name), limits) {}

  ModuleWatch watch;

  void set_supervisor(Supervisor supervisor);
  Supervisor supervisor() const;
  // From any thread: a new actor of the module is to be monitored.
  void adopt(const caf::strong_actor_ptr& child);
  void forget(const caf::actor_addr& child);
  std::vector<caf::strong_actor_ptr> children() const;  // those that are alive

 private:
  mutable std::mutex mutex_;
  Supervisor supervisor_;
  std::unordered_set<caf::actor_addr> children_;
};

using SupervisedModulePtr = std::shared_ptr<SupervisedModule>;

using Root = caf::typed_actor<caf::reacts_to<watch_atom, SupervisedModulePtr>>;

Supervisor spawn_supervisor(caf::actor_system& system, const SupervisedModulePtr& module);
Root spawn_root(caf::actor_system& system);

}  // namespace mt

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(mt::SupervisedModulePtr)
