#pragma once

#include "tests/arch/source_tree.h"

// What may see what. The build keeps our own folders apart; foreign headers lie in /usr/include,
// where CMake cannot hide them, and an include root does not know modules from containers.
namespace mt::arch {

// An include names an existing file by its path from the root.
Findings unresolved_includes(const SourceTree& tree);

// An include points down the levels of the architecture, never up or sideways.
Findings upward_includes(const SourceTree& tree);

// Modules meet only through their messages: none includes another's headers, a system module knows
// no business module, the platform below them knows none at all. Only a container's main.cc sees
// the runtime.
Findings module_trespasses(const SourceTree& tree);

// A foreign library is seen by the one folder that wraps it.
Findings fence_breaches(const SourceTree& tree);

}  // namespace mt::arch
