// The command line of a container: a flag for every key of the configuration, and the few that are
// no keys. CLI11 stays behind this.
#pragma once

#include <string>
#include <vector>

#include "events/base/result.h"
#include "ops/runtime/config_keys.h"
#include "ops/runtime/config_value.h"

namespace mt {

struct CommandLine {
  enum class Wish { kRun, kHelp, kVersion, kPrintConfig };

  Wish wish = Wish::kRun;
  std::string config_file;  // empty: none
  std::vector<ConfigAssignment> assignments;
  std::string help;  // of kHelp
};

// `arguments` without the program's name. INVALID_ARGUMENT naming the flag.
Result<CommandLine> read_command_line(const std::string& program,
                                      const std::vector<std::string>& arguments,
                                      const ConfigKeys& keys);

}  // namespace mt
