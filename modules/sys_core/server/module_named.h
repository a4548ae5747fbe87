// The module of this node that a request names.
#pragma once

#include <string>

#include "actors/node_control.h"

namespace mt::sys_core {

// NOT_FOUND when the node runs no such module.
Result<ModuleInfo> module_named(const NodeControl& node, const std::string& name);

}  // namespace mt::sys_core
