// The config.yaml of the container and of each module says every key with its real default, and
// explains each.
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "modules/mod_main/module.h"
#include "modules/sys_main/sys_main.h"
#include "ops/runtime/config.h"
#include "ops/runtime/config_value.h"
#include "ops/runtime/config_yaml.h"
#include "ops/runtime/settings.h"
#include "tests/fixture/built.h"

namespace mt::test {
namespace {

std::vector<Module> all_modules() {
  auto modules = sys_main();
  modules.push_back(mod_main::mod_main());
  return modules;
}

// Whether a line of the file begins with what the key says of itself and the next one sets the key.
bool is_explained(const std::filesystem::path& file, const ConfigKey& key) {
  const std::string about = "# " + key.about;
  const std::string name = key.value().name() + ":";
  std::ifstream in(file);
  std::string before;
  for (std::string line; std::getline(in, line); before = line) {
    line.erase(0, line.find_first_not_of(' '));
    if (before.starts_with(about) && line.starts_with(name)) return true;
  }
  return false;
}

void expect_true_file(const std::filesystem::path& file, google::protobuf::Message& defaults) {
  const ConfigKeys keys = ConfigKeys::of({{"", &defaults}}).value();
  const auto said = read_config_file(file, keys);
  ASSERT_TRUE(said) << said.error().message;
  std::set<std::string> named;
  for (const ConfigAssignment& assignment : *said) {
    named.insert(assignment.key->path);
    EXPECT_EQ(assignment.texts, config_value(*assignment.key)) << assignment.where;
  }
  for (const ConfigKey& key : keys.all()) {
    EXPECT_TRUE(named.contains(key.path)) << file << " does not say " << key.path;
    EXPECT_TRUE(is_explained(file, key)) << file << ": above " << key.path << ": " << key.about;
  }
}

TEST(ConfigFiles, OfTheContainerIsTrue) {
  auto defaults = default_config();
  expect_true_file(source_folder() / "ops/runtime/config.yaml", defaults);
}

TEST(ConfigFiles, OfEachModuleIsTrue) {
  for (const Module& module : all_modules()) {
    SCOPED_TRACE(module.name().value);
    expect_true_file(source_folder() / "modules" / module.name().value / "config.yaml",
                     *module.config());
  }
}

TEST(ConfigFiles, TheDefaultsKeepTheirRules) {
  auto config = default_config();
  const auto modules = all_modules();
  const auto sections = sections_of(config, modules);
  const auto keys = ConfigKeys::of(sections);
  ASSERT_TRUE(keys) << keys.error().message;
  const auto applied = apply_sources(*keys, sections, {}, {});
  EXPECT_TRUE(applied) << applied.error().message;
  EXPECT_TRUE(check_together(config));
  EXPECT_TRUE(check_by_modules(modules));
}

}  // namespace
}  // namespace mt::test
