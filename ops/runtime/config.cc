#include "ops/runtime/config.h"

#include <utility>

#include "bus/validation.h"
#include "ops/runtime/config_env.h"
#include "ops/runtime/config_value.h"
#include "ops/runtime/config_yaml.h"

namespace mt {
namespace {

using Origins = std::map<std::string, std::string>;

// A flag or a variable names its key; a place in a file does not.
std::string named(const std::string& where, const ConfigKey& key) {
  if (where == "--" + key.path || where == key.variable) return where;
  return where + ": " + key.path;
}

Result<void> assign(const std::vector<ConfigAssignment>& assignments, Origins& origins) {
  for (const ConfigAssignment& assignment : assignments) {
    if (auto set = set_config_value(*assignment.key, assignment.texts); !set)
      return invalid_argument(named(assignment.where, *assignment.key) + ": " +
                              set.error().message);
    origins[assignment.key->path] = assignment.where;
  }
  return {};
}

// "grpc.listen[2]" breaks the rule of grpc.listen.
std::string key_of(const ConfigSection& section, const FieldViolation& violation) {
  const std::string field = violation.field.substr(0, violation.field.find('['));
  return section.name.empty() ? field : section.name + "." + field;
}

Result<void> check_rules(const ConfigKeys& keys, const ConfigSection& section,
                         const Origins& origins) {
  MT_TRY(const Validator validator, Validator::compile(*section.message->GetDescriptor()));
  const auto checked = validator.validate(*section.message);
  if (checked) return {};
  if (checked.error().violations.empty()) return checked.error();
  const FieldViolation& first = checked.error().violations.front();
  const std::string path = key_of(section, first);
  const auto origin = origins.find(path);
  const std::string where = origin == origins.end() ? "default" : origin->second;
  const ConfigKey* key = keys.find(path);
  return invalid_argument((key == nullptr ? where + ": " + path : named(where, *key)) + ": " +
                          first.description);
}

}  // namespace

std::vector<ConfigSection> sections_of(ops::v1::Config& container,
                                       const std::vector<Module>& modules) {
  std::vector<ConfigSection> sections{{"", &container}};
  for (const Module& module : modules)
    sections.push_back({module.name().value, module.config().get()});
  return sections;
}

Result<std::map<std::string, std::string>> apply_sources(
    const ConfigKeys& keys, const std::vector<ConfigSection>& sections, const CommandLine& line,
    const std::vector<std::string>& environment) {
  Origins origins;
  if (!line.config_file.empty()) {
    MT_TRY(const auto from_file, read_config_file(line.config_file, keys));
    MT_CHECK_OK(assign(from_file, origins));
  }
  MT_TRY(const auto from_environment, read_config_variables(environment, keys));
  MT_CHECK_OK(assign(from_environment, origins));
  MT_CHECK_OK(assign(line.assignments, origins));
  for (const ConfigSection& section : sections) MT_CHECK_OK(check_rules(keys, section, origins));
  return origins;
}

Result<void> check_by_modules(const std::vector<Module>& modules) {
  for (const Module& module : modules) {
    if (!module.check_config()) continue;
    if (auto checked = module.check_config()(*module.config()); !checked)
      return invalid_argument(module.name().value + ": " + checked.error().message);
  }
  return {};
}

}  // namespace mt
