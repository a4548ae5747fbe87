// A container's main: the configuration, the data folder, the node with its modules, its edges, and
// the order in which they start and stop. All of it is wired in container.cc.
#pragma once

#include <string>
#include <vector>

#include "actors/module.h"

namespace mt {

// Runs until it is told to stop. Returns the exit code: 0 stopped in order, 1 failed, 2 the command
// line or the configuration is wrong.
int run_container(const std::string& name, const std::string& version, std::vector<Module> modules,
                  int argc, char** argv);

}  // namespace mt
