// What must hold of a node's modules before anything is opened: names and what they share a
// namespace for, services that exist, configurations that are valid. Pure.
#pragma once

#include <vector>

#include "actors/module.h"

namespace mt {

// The first thing that is wrong, naming the module and what to do. FAILED_PRECONDITION, or
// ALREADY_EXISTS when two modules have one name, service, table or category.
Result<void> check_modules(const std::vector<Module>& modules);

// INVALID_ARGUMENT naming the module and each key that breaks its rule, or what the module's own
// check says.
Result<void> check_config(const Module& module);

}  // namespace mt
