// A value of the configuration as text: read into its field, strictly, and written back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "ops/runtime/config_keys.h"

namespace mt {

// A key as one source sets it.
struct ConfigAssignment {
  const ConfigKey* key = nullptr;
  std::vector<std::string> texts;  // one, but for lists
  std::string where;               // "config.yaml:12", "--grpc.listen", "MT_GRPC_LISTEN"
};

// "a whole number from 0 to 4294967295", "true or false", "text", "a list of text".
std::string expected_of(const ConfigKey& key);

// Replaces the key's value; a list takes any number of texts, others exactly one. INVALID_ARGUMENT
// "expected …, found …", without the key's name.
Result<void> set_config_value(const ConfigKey& key, const std::vector<std::string>& texts);

// The value as set_config_value would take it.
std::vector<std::string> config_value(const ConfigKey& key);

// Whether the value is text to YAML too, and wants quotes there.
bool is_text(const ConfigKey& key);

}  // namespace mt
