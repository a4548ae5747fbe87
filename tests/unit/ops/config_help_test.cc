// --help tells of every key what a user must know to set it.
#include "ops/runtime/config_help.h"

#include <gmock/gmock.h>

#include <sstream>

#include "ops/terminal/display_width.h"
#include "sys/timespace/v1/storage.pb.h"
#include "tests/unit/ops/config_fixture.h"

namespace mt::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ConfigHelp : public ConfigTest {
 protected:
  std::string page() {
    const auto line = read_command_line("maintemplate2", {"--help"}, keys());
    EXPECT_EQ(line->wish, CommandLine::Wish::kHelp);
    return line->help;
  }
  // What the page says below a key's line, laid out on one.
  std::string below(const std::string& key_line) {
    const std::string all = page();
    const std::size_t at = all.find("\n  " + key_line + "\n");
    EXPECT_NE(at, std::string::npos) << key_line << "\n" << all;
    if (at == std::string::npos) return "";
    std::istringstream lines(all.substr(at + key_line.size() + 4));
    std::string text;
    for (std::string line; std::getline(lines, line) && line.starts_with("      ");)
      text += (text.empty() ? "" : " ") + line.substr(6);
    return text;
  }
};

TEST_F(ConfigHelp, TellsOfEveryKeyItsVariableAndWhatItIsAbout) {
  const ConfigKeys known = keys();
  const std::string all = config_help(known, {});
  for (const ConfigKey& key : known.all()) {
    const std::size_t begin = all.find("\n  --" + key.path + " ");
    ASSERT_NE(begin, std::string::npos) << key.path;
    std::string entry = all.substr(begin, all.find("\n  --", begin + 1) - begin);
    for (std::size_t at; (at = entry.find("\n      ", 1)) != std::string::npos;)
      entry.replace(at, 7, " ");
    EXPECT_THAT(entry, HasSubstr(" " + key.about + ". Default: ")) << key.path;
    EXPECT_THAT(entry, HasSubstr(". Variable: " + key.variable)) << key.path;
  }
}

TEST_F(ConfigHelp, TellsTypeAndDefault) {
  EXPECT_EQ(below("--grpc.listen, --grpc TEXT,…"),
            "Addresses to listen on, HOST:PORT; port 0 takes a free one. Default: 127.0.0.1:7440. "
            "Variable: MT_GRPC_LISTEN");
  EXPECT_THAT(below("--grpc.max_streams NUMBER from 1 to 100000"), HasSubstr("Default: 256."));
  EXPECT_THAT(below("--grpc.drain_seconds NUMBER from 0 to 600"), HasSubstr("Default: 5."));
  EXPECT_THAT(below("--demo true|false"), HasSubstr("Default: false."));
  EXPECT_THAT(below("--log.format text|json"), HasSubstr("Default: text."));
  EXPECT_THAT(below("--grpc.tls.key TEXT"), HasSubstr("Default: none."));
}

TEST_F(ConfigHelp, GathersTheKeysOfASection) {
  EXPECT_THAT(page(), HasSubstr("\n\nThe container:\n  --data TEXT\n"));
  EXPECT_THAT(page(), HasSubstr("\n\nsys_accounts:\n  --sys_accounts.token_ttl_seconds "));
}

TEST_F(ConfigHelp, BeginsWithWhatIsNoKey) {
  EXPECT_THAT(page(), StartsWith("Runs a node of maintemplate2"));
  for (const char* flag : {"--config", "--help", "--version", "--print-config"})
    EXPECT_THAT(page(), HasSubstr(flag));
}

TEST_F(ConfigHelp, FitsATerminal) {
  std::istringstream lines(page());
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80u) << line;
}

TEST(ConfigKeysHelp, AKeyThatDoesNotSayWhatItIsAboutIsRefused) {
  ::sys::timespace::v1::CountryNameRow row;
  const auto made = ConfigKeys::of({{"", &row}});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("CountryNameRow"));
  EXPECT_THAT(made.error().message, HasSubstr("does not say what it is about"));
}

}  // namespace
}  // namespace mt::test
