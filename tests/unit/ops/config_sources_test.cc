// Flags, variables and the file: what each says, and which one wins.
#include <gmock/gmock.h>

#include <set>

#include "ops/runtime/config_env.h"
#include "tests/unit/ops/config_fixture.h"

namespace mt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ConfigSources : public ConfigTest {
 protected:
  std::string refusal(const std::vector<std::string>& arguments,
                      const std::vector<std::string>& environment = {}) {
    const auto applied = apply(arguments, environment);
    return applied ? "" : applied.error().message;
  }
};

TEST_F(ConfigSources, AFlagWinsOverAVariableOverTheFileOverTheDefault) {
  write("name: from-file\nlog: {level: error}\ncalls: {workers: 7}\n");
  const auto origins = apply({"--config", file().string(), "--name", "from-flag"},
                             {"MT_NAME=from-variable", "MT_LOG_LEVEL=debug"});
  ASSERT_TRUE(origins) << origins.error().message;
  EXPECT_EQ(config_.name(), "from-flag");
  EXPECT_EQ(config_.log().level(), "debug");
  EXPECT_EQ(config_.calls().workers(), 7u);
  EXPECT_EQ(config_.calls().watches(), 64u);
  EXPECT_EQ(origins->at("name"), "--name");
  EXPECT_EQ(origins->at("log.level"), "MT_LOG_LEVEL");
  EXPECT_EQ(origins->at("calls.workers"), file().string() + ":3");
  EXPECT_FALSE(origins->contains("calls.watches"));
}

TEST_F(ConfigSources, TheFixedCommandLineIsUnderstood) {
  write("log: {format: json}\n");
  ASSERT_TRUE(
      apply({"--data", "d", "--config", file().string(), "--grpc", "127.0.0.1:9", "--demo"}));
  EXPECT_EQ(config_.data(), "d");
  EXPECT_EQ(config_.log().format(), "json");
  EXPECT_THAT(config_.grpc().listen(), ElementsAre("127.0.0.1:9"));
  EXPECT_TRUE(config_.demo());
}

TEST_F(ConfigSources, EveryKeyCanBeAFlagAndAVariable) {
  const ConfigKeys all = keys();
  for (const ConfigKey& key : all.all()) {
    std::string value;
    for (const std::string& text : config_value(key)) value += (value.empty() ? "" : ",") + text;
    const auto line = read_command_line("m", {"--" + key.path + "=" + value}, all);
    ASSERT_TRUE(line) << key.path << ": " << line.error().message;
    ASSERT_EQ(line->assignments.size(), 1u) << key.path;
    EXPECT_EQ(line->assignments[0].key, all.find(key.path));
    const auto variables = read_config_variables({key.variable + "=" + value}, all);
    ASSERT_TRUE(variables) << key.variable;
    ASSERT_EQ(variables->size(), 1u) << key.variable;
    EXPECT_EQ(variables->front().key, all.find(key.path));
  }
}

TEST_F(ConfigSources, AListIsDividedByCommasAndReplacedWhole) {
  ASSERT_TRUE(apply({"--grpc", "a:1,b:2", "--grpc.listen=c:3"}, {"MT_MODULES=sys_core,mod_main"}));
  EXPECT_THAT(config_.grpc().listen(), ElementsAre("a:1", "b:2", "c:3"));
  EXPECT_THAT(config_.modules(), ElementsAre("sys_core", "mod_main"));
}

TEST_F(ConfigSources, AnEmptyValueEmptiesAList) {
  ASSERT_TRUE(apply({"--grpc.listen="}));
  EXPECT_THAT(config_.grpc().listen(), IsEmpty());
  config_ = default_config();
  ASSERT_TRUE(apply({}, {"MT_GRPC_LISTEN="}));
  EXPECT_THAT(config_.grpc().listen(), IsEmpty());
}

TEST_F(ConfigSources, ASwitchIsOnAloneAndTakesAValue) {
  ASSERT_TRUE(apply({"--demo", "--grpc.socket=false"}));
  EXPECT_TRUE(config_.demo());
  EXPECT_FALSE(config_.grpc().socket());
}

TEST_F(ConfigSources, OfAFlagGivenTwiceTheLastCounts) {
  ASSERT_TRUE(apply({"--demo", "--data", "a", "--demo=false", "--data=b"}));
  EXPECT_FALSE(config_.demo());
  EXPECT_EQ(config_.data(), "b");
}

TEST_F(ConfigSources, BadFlagsAreNamed) {
  EXPECT_EQ(refusal({"--grpc.listn", "a:1"}),
            "unknown flag --grpc.listn; did you mean --grpc.listen");
  EXPECT_EQ(refusal({"--grcp", "a:1"}), "unknown flag --grcp; did you mean --grpc");
  EXPECT_EQ(refusal({"--elephants=2"}), "unknown flag --elephants; --help shows those there are");
  EXPECT_EQ(refusal({"serve"}), "unexpected argument 'serve'; --help shows what there is");
  EXPECT_EQ(refusal({"--calls.workers=two"}),
            "--calls.workers: expected a whole number from 0 to 4294967295, found 'two'");
  EXPECT_EQ(refusal({"--demo=perhaps"}), "--demo: expected true or false, found 'perhaps'");
  EXPECT_EQ(refusal({"--sys_accounts.password_passes=99"}),
            "--sys_accounts.password_passes: must be from 1 to 16, is 99");
  EXPECT_EQ(refusal({"--sys_core.x=9"}), "unknown flag --sys_core.x; --help shows those there are");
  EXPECT_EQ(refusal({"--log.colour=red"}), "unknown flag --log.colour; log has level, format");
  EXPECT_THAT(refusal({"--data"}), HasSubstr("--data"));
}

TEST_F(ConfigSources, BadVariablesAreNamed) {
  EXPECT_EQ(refusal({}, {"MT_DAAT=x"}),
            "unknown environment variable MT_DAAT; the nearest is 'MT_DATA'");
  EXPECT_EQ(refusal({}, {"MT_SYS_ACCOUNTS_COLOUR=x"}),
            "unknown environment variable MT_SYS_ACCOUNTS_COLOUR; there are "
            "MT_SYS_ACCOUNTS_TOKEN_TTL_SECONDS, MT_SYS_ACCOUNTS_SETUP_TOKEN_TTL_HOURS, "
            "MT_SYS_ACCOUNTS_PASSWORD_MEMORY_MIB, MT_SYS_ACCOUNTS_PASSWORD_PASSES, "
            "MT_SYS_ACCOUNTS_SIGN_IN_ATTEMPTS, MT_SYS_ACCOUNTS_SIGN_IN_WAIT_SECONDS, "
            "MT_SYS_ACCOUNTS_COMMANDS_REMEMBER_HOURS, MT_SYS_ACCOUNTS_EVENTS_ARCHIVE_AFTER_DAYS");
  EXPECT_EQ(refusal({}, {"MT_DEMO=1"}), "MT_DEMO: expected true or false, found '1'");
}

TEST_F(ConfigSources, VariablesOfOthersAreLeftAlone) {
  EXPECT_EQ(refusal({}, {"MT_BIN_DIR=/x", "MTU=1500", "PATH=/bin", "MT_CONFIG=c", "broken"}), "");
}

TEST_F(ConfigSources, TheOtherWishesAreHeard) {
  EXPECT_EQ(read_command_line("m", {"--version"}, keys())->wish, CommandLine::Wish::kVersion);
  EXPECT_EQ(read_command_line("m", {"--print-config"}, keys())->wish,
            CommandLine::Wish::kPrintConfig);
  EXPECT_EQ(read_command_line("m", {}, keys())->wish, CommandLine::Wish::kRun);
}

TEST_F(ConfigSources, TwoKeysOfOneVariableAreRefused) {
  ops::v1::Config other;
  const auto made = ConfigKeys::of({{"", &config_}, {"", &other}});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("MT_DATA"));
}

}  // namespace
}  // namespace mt::test
