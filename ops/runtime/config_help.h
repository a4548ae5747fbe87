// The page that tells of every key of a configuration, from the keys themselves. Pure.
#pragma once

#include <map>
#include <string>

#include "ops/runtime/config_keys.h"

namespace mt {

// A section a paragraph; of each key its flag, type, variable, what it is about and its value,
// which is the default as long as nothing was set. `aliases`: further flags, by path.
std::string config_help(const ConfigKeys& keys, const std::map<std::string, std::string>& aliases);

}  // namespace mt
