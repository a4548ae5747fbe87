// Deliver: the way of a command to its entity, as those see it who only send.
#pragma once

#include <functional>

namespace mt {

struct EntityCommand;  // actors/entity_hosts.h

// From any thread; the command's respond is called exactly once.
using Deliver = std::function<void(EntityCommand)>;

}  // namespace mt
