// The clock of the hosts' directory: an actor that makes it look for idle entities from time to
// time. For actors/*.cc only: this header shows CAF.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/atom.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <memory>

#include "actors/host_directory.h"

namespace mt {

using sweep_atom = caf::atom_constant<caf::atom("sweep")>;
using IdleSweeper = caf::typed_actor<caf::reacts_to<sweep_atom>>;

// Ends with an exit message, or with the directory.
IdleSweeper spawn_idle_sweeper(caf::actor_system& system, std::weak_ptr<HostDirectory> directory,
                               std::chrono::milliseconds interval);

}  // namespace mt
