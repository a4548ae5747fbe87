// `check-upgrade`: the command of a container that tells, before it is started on a data folder,
// whether it can take over the logs in there. Reads only, beside the container that runs on them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/module.h"

namespace mt {

inline constexpr std::string_view kCheckUpgrade = "check-upgrade";

// `arguments` behind the command's name. Returns the exit code: 0 it can, 1 it cannot, or could not
// be checked, 2 the command line is wrong.
int check_upgrade_command(const std::string& program, const std::vector<Module>& modules,
                          std::vector<std::string> arguments);

}  // namespace mt
