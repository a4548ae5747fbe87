#include "ops/runtime/config_env.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace mt {
namespace {

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

// The variables that begin like this one, up to the name of a section or module: those of MT_GRPC_
// for MT_GRPC_COLOUR. Empty when it begins like none.
std::string of_its_section(std::string_view variable, const ConfigKeys& keys) {
  std::string names;
  for (const ConfigKey& key : keys.all()) {
    const std::size_t dot = key.path.find('.');
    if (dot == std::string::npos) continue;
    const std::size_t prefix = std::string_view("MT_").size() + dot + 1;
    if (variable.starts_with(std::string_view(key.variable).substr(0, prefix)))
      names += (names.empty() ? "" : ", ") + key.variable;
  }
  return names;
}

}  // namespace

Result<std::vector<ConfigAssignment>> read_config_variables(
    const std::vector<std::string>& environment, const ConfigKeys& keys) {
  std::vector<ConfigAssignment> assignments;
  for (const std::string& entry : environment) {
    const std::string name = entry.substr(0, entry.find('='));
    if (!name.starts_with("MT_") || name == "MT_CONFIG" || name.size() == entry.size()) continue;
    const std::string value = entry.substr(name.size() + 1);
    if (const ConfigKey* key = keys.find_variable(name)) {
      assignments.push_back(
          {key, key->is_list() ? split_list(value) : std::vector<std::string>{value}, name});
      continue;
    }
    const std::string hint = keys.hint_variable(name);
    if (!hint.empty()) return invalid_argument("unknown environment variable " + name + hint);
    const std::string others = of_its_section(name, keys);
    if (!others.empty())
      return invalid_argument("unknown environment variable " + name + "; there are " + others);
  }
  return assignments;
}

std::vector<std::string> process_environment() {
  std::vector<std::string> entries;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry)
    entries.emplace_back(*entry);
  return entries;
}

}  // namespace mt
