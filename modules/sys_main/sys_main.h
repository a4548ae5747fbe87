// sys_main: the container of the system modules, and as a function the list of them, for containers
// that add their own.
#pragma once

#include <vector>

#include "actors/module.h"

namespace mt {

// In the order in which they start.
std::vector<Module> sys_main();

}  // namespace mt
