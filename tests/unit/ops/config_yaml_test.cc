#include "ops/runtime/config_yaml.h"

#include <gmock/gmock.h>

#include "tests/unit/ops/config_fixture.h"

namespace mt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ConfigYaml : public ConfigTest {};

TEST_F(ConfigYaml, SetsWhatTheFileSays) {
  ASSERT_TRUE(
      apply_file("data: /var/lib/mt\n"
                 "demo: true\n"
                 "grpc:\n"
                 "  listen: [\"0.0.0.0:80\", \"[::1]:81\"]\n"
                 "  tls: {key: k.pem, certificate: c.pem}\n"
                 "sys_accounts:\n"
                 "  token_ttl_seconds: 60\n"));
  EXPECT_EQ(config_.data(), "/var/lib/mt");
  EXPECT_TRUE(config_.demo());
  EXPECT_THAT(config_.grpc().listen(), ElementsAre("0.0.0.0:80", "[::1]:81"));
  EXPECT_EQ(config_.grpc().tls().key(), "k.pem");
  EXPECT_EQ(config_.grpc().max_streams(), 256u);
  EXPECT_EQ(accounts_.token_ttl_seconds(), 60u);
  EXPECT_EQ(accounts_.password_passes(), 2u);
}

TEST_F(ConfigYaml, ChangesNothingWhenAllIsComment) {
  ASSERT_TRUE(apply_file("# nothing\ngrpc:\n  # listen: []\n"));
  EXPECT_EQ(config_.SerializeAsString(), default_config().SerializeAsString());
}

struct BadFile {
  const char* name;
  const char* yaml;
  const char* refusal;
};

class BadConfigYaml : public ConfigTest, public testing::WithParamInterface<BadFile> {};

TEST_P(BadConfigYaml, IsRefusedByFileLineAndKey) {
  EXPECT_EQ(refusal_of(GetParam().yaml), GetParam().refusal);
}

INSTANTIATE_TEST_SUITE_P(
    , BadConfigYaml,
    testing::Values(
        BadFile{"UnknownKey", "data: d\ngrpc:\n  listn: []\n",
                "config.yaml:3: unknown key 'grpc.listn'; the nearest is 'grpc.listen'"},
        BadFile{"UnknownSection", "grcp:\n  listen: []\n",
                "config.yaml:1: unknown key 'grcp'; the nearest is 'grpc'"},
        BadFile{"UnlikeAnyKey", "\nbananas_and_apples: 1\n",
                "config.yaml:2: unknown key 'bananas_and_apples'"},
        BadFile{"UnlikeAnyKeyOfASection", "log:\n  x: 1\n",
                "config.yaml:2: unknown key 'log.x'; log has level, format"},
        BadFile{"UnlikeAnyKeyOfASectionInside", "grpc:\n  tls:\n    cipher: 1\n",
                "config.yaml:3: unknown key 'grpc.tls.cipher'; grpc.tls has certificate, key, "
                "client_ca"},
        BadFile{"UnknownKeyOfAModule", "sys_accounts:\n  token_ttl_secnds: 5\n",
                "config.yaml:2: unknown key 'sys_accounts.token_ttl_secnds'; the nearest is "
                "'sys_accounts.token_ttl_seconds'"},
        BadFile{"TextForANumber", "calls:\n  workers: many\n",
                "config.yaml:2: calls.workers: expected a whole number from 0 to 4294967295, "
                "found 'many'"},
        BadFile{"QuotedNumber", "calls:\n  workers: \"2\"\n",
                "config.yaml:2: calls.workers: expected a whole number from 0 to 4294967295, "
                "found '2' in quotes"},
        BadFile{"NegativeNumber", "calls:\n  workers: -1\n",
                "config.yaml:2: calls.workers: expected a whole number from 0 to 4294967295, "
                "found '-1'"},
        BadFile{"NumberTooLarge", "calls:\n  workers: 4294967296\n",
                "config.yaml:2: calls.workers: expected a whole number from 0 to 4294967295, "
                "found '4294967296'"},
        BadFile{"Fraction", "calls:\n  workers: 1.5\n",
                "config.yaml:2: calls.workers: expected a whole number from 0 to 4294967295, "
                "found '1.5'"},
        BadFile{"YesForTrue", "demo: yes\n",
                "config.yaml:1: demo: expected true or false, found 'yes'"},
        BadFile{"ScalarForAList", "grpc:\n  listen: 127.0.0.1:1\n",
                "config.yaml:2: grpc.listen: expected a list of text, found '127.0.0.1:1'"},
        BadFile{"ListForAScalar", "data: [a, b]\n",
                "config.yaml:1: data: expected text, found a list"},
        BadFile{"SectionInAList", "modules:\n  - sys_core\n  - {a: b}\n",
                "config.yaml:3: modules: expected a list of text, found a section"},
        BadFile{"NothingForText", "demo: false\ndata:\n",
                "config.yaml:2: data: expected text, found nothing; write \"\" for no text"},
        BadFile{"ScalarForASection", "log: debug\n",
                "config.yaml:1: log: expected a section of keys, found 'debug'"},
        BadFile{"KeyTwice", "demo: true\ndata: d\ndemo: false\n",
                "config.yaml:3: demo: stands here and in line 1; keep one"},
        BadFile{"ListAsRoot", "- a\n", "config.yaml:1: expected keys and values, found a list"},
        BadFile{"ListAsKey", "? [a]\n: b\n", "config.yaml:1: a key must be a word, found a list"},
        BadFile{"TwoDocuments", "demo: true\n---\ndemo: false\n",
                "config.yaml: holds 2 documents; the configuration is one"},
        BadFile{"BrokenRule", "demo: true\ncalls:\n  workers: 0\n",
                "config.yaml:3: calls.workers: must be from 1 to 256, is 0"},
        BadFile{"BrokenPattern", "log:\n  level: loud\n",
                "config.yaml:2: log.level: must match debug|info|warn|error|off"},
        BadFile{"RequiredTextEmpty", "data: \"\"\n", "config.yaml:1: data: is required"}),
    [](const auto& bad) { return std::string(bad.param.name); });

TEST_F(ConfigYaml, NamesTheLineThatIsNoYaml) {
  EXPECT_THAT(refusal_of("demo: true\ndata: [a\n"), HasSubstr("config.yaml:3: is no YAML: "));
}

TEST_F(ConfigYaml, NamesAFileThatCannotBeRead) {
  const auto applied = apply({"--config", (folder_.path() / "absent.yaml").string()});
  ASSERT_FALSE(applied);
  EXPECT_THAT(applied.error().message,
              HasSubstr("absent.yaml: cannot be read: No such file or directory"));
}

TEST_F(ConfigYaml, RefusesAFileThatIsNoConfiguration) {
  write(std::string((1 << 20) + 1, '#'));
  const auto applied = apply({"--config", file().string()});
  ASSERT_FALSE(applied);
  EXPECT_THAT(applied.error().message, HasSubstr("is over 1 MiB long"));
}

TEST_F(ConfigYaml, WhatIsPrintedReadsBackTheSame) {
  ASSERT_TRUE(apply({"--data", "a \"folder\"\n\xC3\xA9", "--modules", "sys_core,mod_main", "--grpc",
                     "[::1]:7", "--sys_accounts.password_passes=3"}));
  const std::string printed = config_as_yaml(keys(), {});
  const std::string before = config_.SerializeAsString();
  config_ = default_config();
  accounts_.Clear();
  ASSERT_TRUE(apply_file(printed)) << printed;
  EXPECT_EQ(config_.SerializeAsString(), before);
  EXPECT_EQ(accounts_.password_passes(), 3u);
}

TEST_F(ConfigYaml, PrintingSaysWhereAKeyWasSet) {
  const auto origins = apply({"--demo"}, {"MT_LOG_LEVEL=warn"});
  ASSERT_TRUE(origins);
  const std::string printed = config_as_yaml(keys(), *origins);
  EXPECT_THAT(printed, HasSubstr("\ndemo: true  # --demo\n"));
  EXPECT_THAT(printed, HasSubstr("\nlog:\n  level: \"warn\"  # MT_LOG_LEVEL\n"));
  EXPECT_THAT(printed, HasSubstr("\n  tls:\n    certificate: \"\"\n"));
}

}  // namespace
}  // namespace mt::test
