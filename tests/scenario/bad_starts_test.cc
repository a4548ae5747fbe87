// What keeps a container from starting: each says what is wrong and what to do, and touches
// nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/fixture/built.h"
#include "tests/fixture/process.h"
#include "tests/fixture/temp_folder.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace fs = std::filesystem;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

Finished start(const fs::path& data, std::vector<std::string> more) {
  ProcessCommand command{program("maintemplate2"),
                         {"--data", data.string(), "--grpc", "127.0.0.1:0"}};
  command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  return run(command);
}

void expect_says(const Finished& finished, int exit_code, const std::vector<std::string>& words) {
  EXPECT_EQ(finished.exit_code, exit_code) << finished.err;
  EXPECT_EQ(finished.out.find("ready "), std::string::npos) << finished.out;
  for (const std::string& word : words) {
    EXPECT_NE(finished.err.find(word), std::string::npos)
        << "'" << word << "' in: " << finished.err;
  }
}

// Every file of a folder with its bytes.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ostringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    files[entry.path().string()] = bytes.str();
  }
  return files;
}

TEST(BadStarts, AnUnknownConfigurationKeyIsNamed) {
  const TempFolder folder;
  const fs::path config = folder.path() / "config.yaml";
  std::ofstream(config) << "grpc:\n  lisen: [\"127.0.0.1:0\"]\n";
  const fs::path data = folder.path() / "data";
  expect_says(start(data, {"--config", config.string()}), kUsage, {"grpc.lisen", config.string()});
  EXPECT_FALSE(fs::exists(data)) << "nothing is made before the configuration holds";
}

TEST(BadStarts, AnUnknownKeyOfAModuleIsNamed) {
  const TempFolder folder;
  const fs::path config = folder.path() / "config.yaml";
  std::ofstream(config) << "mod_main:\n  page_sizes: 3\n";
  expect_says(start(folder.path() / "data", {"--config", config.string()}), kUsage,
              {"mod_main.page_sizes"});
}

TEST(BadStarts, AValueOutOfRangeIsNamed) {
  const TempFolder folder;
  expect_says(start(folder.path() / "data", {"--sys_accounts.token_ttl_seconds=0"}), kUsage,
              {"sys_accounts.token_ttl_seconds"});
}

TEST(BadStarts, AMissingConfigurationFileIsNamed) {
  const TempFolder folder;
  expect_says(start(folder.path() / "data", {"--config", "/nowhere/at/all.yaml"}), kUsage,
              {"/nowhere/at/all.yaml"});
}

TEST(BadStarts, AFolderOfANewerFormatIsLeftAlone) {
  Container container;
  container.stop();
  std::ofstream(container.data() / "format") << "maintemplate 2\n";
  const auto before = contents(container.data());
  expect_says(start(container.data(), {}), kFailed, {container.data().string(), "maintemplate 2"});
  EXPECT_EQ(contents(container.data()), before);
}

TEST(BadStarts, ASecondContainerOnOneFolderNamesTheFirst) {
  Container container;
  expect_says(start(container.data(), {}), kFailed,
              {container.data().string(), std::to_string(container.process().id())});
  EXPECT_EQ(container.mtctl({"status"}).exit_code, 0) << "the first goes on";
  container.stop();
}

TEST(BadStarts, AnAddressInUseIsNamed) {
  Container container;
  const TempFolder folder;
  ProcessCommand command{
      program("maintemplate2"),
      {"--data", (folder.path() / "data").string(), "--grpc", container.server()}};
  expect_says(run(command), kFailed, {container.server(), "in use"});
  container.stop();
}

}  // namespace
}  // namespace mt::test
