// The configuration as YAML: read strictly, each refusal with file, line and key; and written with
// every key. yaml-cpp stays behind this.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "events/base/result.h"
#include "ops/runtime/config_keys.h"
#include "ops/runtime/config_value.h"

namespace mt {

// What the file sets, in its order. INVALID_ARGUMENT naming file, line and key: a key that is
// unknown or stands twice, a value of another shape, a file that is no YAML or cannot be read.
Result<std::vector<ConfigAssignment>> read_config_file(const std::filesystem::path& file,
                                                       const ConfigKeys& keys);

// Every key with its value; `origins` says of which keys where they were set.
std::string config_as_yaml(const ConfigKeys& keys,
                           const std::map<std::string, std::string>& origins);

}  // namespace mt
