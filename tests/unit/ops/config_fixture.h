// A configuration of the container's own section and one of a module, to be read from files,
// variables and flags.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "modules/sys_accounts/module.h"
#include "ops/runtime/config.h"
#include "ops/runtime/settings.h"
#include "sys/accounts/v1/storage.pb.h"
#include "tests/fixture/temp_folder.h"

namespace mt::test {

class ConfigTest : public testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.path() / "config.yaml"; }
  void write(const std::string& yaml) const { std::ofstream(file()) << yaml; }

  ConfigKeys keys() { return ConfigKeys::of(sections()).value(); }
  std::vector<ConfigSection> sections() { return {{"", &config_}, {"sys_accounts", &accounts_}}; }

  using Origins = std::map<std::string, std::string>;

  Result<Origins> apply(const std::vector<std::string>& arguments,
                        const std::vector<std::string>& environment = {}) {
    const ConfigKeys all = keys();
    MT_TRY(const CommandLine line, read_command_line("maintemplate2", arguments, all));
    return apply_sources(all, sections(), line, environment);
  }

  Result<Origins> apply_file(const std::string& yaml) {
    write(yaml);
    return apply({"--config", file().string()});
  }

  // What is refused, without the folder's name.
  std::string refusal_of(const std::string& yaml) {
    const auto applied = apply_file(yaml);
    if (applied) return "";
    EXPECT_EQ(applied.error().code, Code::kInvalidArgument);
    const std::string folder = folder_.path().string() + "/";
    std::string message = applied.error().message;
    for (std::size_t at = message.find(folder); at != std::string::npos; at = message.find(folder))
      message.erase(at, folder.size());
    return message;
  }

  TempFolder folder_;
  ops::v1::Config config_ = default_config();
  const Module module_ = sys_accounts::sys_accounts();
  ::sys::accounts::v1::Config& accounts_ =
      static_cast<::sys::accounts::v1::Config&>(*module_.config());
};

}  // namespace mt::test
