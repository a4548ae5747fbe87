// The configuration's environment variables: MT_GRPC_LISTEN for grpc.listen.
#pragma once

#include <string>
#include <vector>

#include "events/base/result.h"
#include "ops/runtime/config_keys.h"
#include "ops/runtime/config_value.h"

namespace mt {

// `environment`: "NAME=value" each. Lists are divided by commas. INVALID_ARGUMENT for a variable
// that is nearly one of ours or begins like a section's, so that a slip is not passed over; other
// MT_ variables belong to somebody else.
Result<std::vector<ConfigAssignment>> read_config_variables(
    const std::vector<std::string>& environment, const ConfigKeys& keys);

// The process's own.
std::vector<std::string> process_environment();

}  // namespace mt
