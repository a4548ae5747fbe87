// The configuration of a container: defaults, then the file, then environment variables, then
// flags; checked by the fields' rules, each refusal naming the key and where it was set.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "actors/module.h"
#include "events/base/result.h"
#include "mt/ops/v1/config.pb.h"
#include "ops/runtime/config_flags.h"
#include "ops/runtime/config_keys.h"

namespace mt {

// The container's own section with its defaults, and one a module; they are filled in place.
std::vector<ConfigSection> sections_of(ops::v1::Config& container,
                                       const std::vector<Module>& modules);

// Sets what the sources set, and checks all. Returns the origins of the keys that were set.
Result<std::map<std::string, std::string>> apply_sources(
    const ConfigKeys& keys, const std::vector<ConfigSection>& sections, const CommandLine& line,
    const std::vector<std::string>& environment);

// What only the module itself can say of its section.
Result<void> check_by_modules(const std::vector<Module>& modules);

}  // namespace mt
