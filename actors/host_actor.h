// The actor around an EntityHost. For actors/*.cc only: this header shows CAF.
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/atom.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include "actors/entity_host.h"
#include "actors/pending_command.h"
#include "actors/supervisor.h"

namespace mt {

class HostDirectory;

using tables_atom = caf::atom_constant<caf::atom("tables")>;
using leave_atom = caf::atom_constant<caf::atom("leave")>;

// A command; the writer's answer; the tables' answer; the order to end, after which nothing comes.
using HostActor = caf::typed_actor<caf::reacts_to<PendingPtr>, caf::reacts_to<Result<Appended>>,
                                   caf::reacts_to<tables_atom, bool>, caf::reacts_to<leave_atom>>;

// What all hosts of a node share; outlives them.
struct HostWorld {
  caf::actor_system& system;
  HostPorts ports;
  HostLimits limits;
  HostDirectory& directory;
  SetAside& set_aside;
};

// Spawns the entity's host, under the supervisor of its module.
HostActor spawn_host(const HostWorld& world, const SupervisedModulePtr& module,
                     EntityIdentity entity, Position committed);

}  // namespace mt

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(mt::PendingPtr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(mt::Result<mt::Appended>)
