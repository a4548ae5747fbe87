#include "ops/runtime/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sys/core/v1/core.pb.h"
#include "tests/fixture/temp_folder.h"

namespace mt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<Module> two_modules() {
  std::vector<Module> modules;
  modules.emplace_back("sys_core", "1", ::sys::core::v1::Config());
  modules.emplace_back("mod_main", "1", ::sys::core::v1::Config());
  return modules;
}

TEST(Settings, RunsAllModulesUnlessSomeAreNamed) {
  auto config = default_config();
  EXPECT_EQ(choose_modules(config, two_modules())->size(), 2u);
  config.add_modules("mod_main");
  const auto chosen = choose_modules(config, two_modules());
  ASSERT_EQ(chosen->size(), 1u);
  EXPECT_EQ(chosen->front().name().value, "mod_main");
}

TEST(Settings, NamesAModuleThatTheContainerLacks) {
  auto config = default_config();
  config.add_modules("mod_mian");
  const auto chosen = choose_modules(config, two_modules());
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().message,
            "modules: this container has no module 'mod_mian'; it has sys_core, mod_main");
}

TEST(Settings, RefusesANodeThatNobodyCouldCall) {
  auto config = default_config();
  config.mutable_grpc()->clear_listen();
  EXPECT_TRUE(check_together(config));
  config.mutable_grpc()->set_socket(false);
  EXPECT_THAT(check_together(config).error().message, HasSubstr("grpc.listen"));
}

TEST(Settings, RefusesHalfOfTls) {
  auto config = default_config();
  config.mutable_grpc()->mutable_tls()->set_certificate("c.pem");
  EXPECT_THAT(check_together(config).error().message, HasSubstr("belong together"));
  config.mutable_grpc()->mutable_tls()->clear_certificate();
  config.mutable_grpc()->mutable_tls()->set_client_ca("ca.pem");
  EXPECT_THAT(check_together(config).error().message, HasSubstr("grpc.tls.client_ca"));
}

TEST(Settings, RefusesAFolderOfSetsThatIsNotThere) {
  const TempFolder folder;
  auto config = default_config();
  config.set_bootstrap_folder(folder.path().string());
  EXPECT_TRUE(check_together(config));
  config.set_bootstrap_folder((folder.path() / "absent").string());
  EXPECT_THAT(check_together(config).error().message, HasSubstr("absent is no folder"));
}

TEST(Settings, RefusesBoundsThatContradictEachOther) {
  auto config = default_config();
  config.mutable_calls()->set_default_deadline_ms(config.calls().longest_deadline_ms() + 1);
  EXPECT_THAT(check_together(config).error().message, HasSubstr("calls.default_deadline_ms"));
  config = default_config();
  config.mutable_supervision()->set_first_back_off_ms(60'000);
  EXPECT_THAT(check_together(config).error().message, HasSubstr("supervision.first_back_off_ms"));
}

TEST(Settings, TlsFilesAreReadAndNamedWhenTheyCannotBe) {
  const TempFolder folder;
  auto config = default_config();
  auto& tls = *config.mutable_grpc()->mutable_tls();
  tls.set_certificate((folder.path() / "c.pem").string());
  tls.set_key((folder.path() / "k.pem").string());
  EXPECT_THAT(grpc_settings(config, "").error().message,
              HasSubstr("grpc.tls.certificate: cannot read"));
  std::ofstream(folder.path() / "c.pem") << "-----BEGIN CERTIFICATE-----\n";
  std::ofstream(folder.path() / "k.pem") << "no key\n";
  EXPECT_THAT(grpc_settings(config, "").error().message, HasSubstr("k.pem is no PEM file"));
  std::ofstream(folder.path() / "k.pem") << "-----BEGIN PRIVATE KEY-----\n";
  const auto settings = grpc_settings(config, "");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->tls->certificate, "-----BEGIN CERTIFICATE-----\n");
  EXPECT_EQ(settings->tls->client_ca, "");
}

TEST(Settings, TheSocketIsLeftOutWhenItIsNotWanted) {
  auto config = default_config();
  EXPECT_EQ(grpc_settings(config, "d/mt.sock")->unix_socket, "d/mt.sock");
  config.mutable_grpc()->set_socket(false);
  EXPECT_EQ(grpc_settings(config, "d/mt.sock")->unix_socket, "");
}

TEST(Settings, KnowsWhatOthersCanReachInPlainText) {
  auto config = default_config();
  auto& grpc = *config.mutable_grpc();
  grpc.add_listen("localhost:1");
  grpc.add_listen("[::1]:2");
  EXPECT_THAT(exposed_addresses(config), ElementsAre());
  grpc.add_listen("0.0.0.0:3");
  grpc.add_listen("[::]:4");
  EXPECT_THAT(exposed_addresses(config), ElementsAre("0.0.0.0:3", "[::]:4"));
  grpc.mutable_tls()->set_certificate("c.pem");
  EXPECT_THAT(exposed_addresses(config), ElementsAre());
}

}  // namespace
}  // namespace mt::test
