// What a container does once its node serves: the demo sets, and the token of the first superadmin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "modules/mod_main/module.h"
#include "modules/sys_accounts/module.h"
#include "modules/sys_core/module.h"
#include "ops/runtime/bootstrap_folder.h"
#include "ops/runtime/demo.h"
#include "ops/runtime/in_process.h"
#include "ops/runtime/setup_notice.h"
#include "sys/accounts/v1/accounts.pb.h"
#include "tests/fixture/temp_folder.h"
#include "tests/fixture/test_node.h"

namespace mt::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

constexpr const char* kPost = R"(","method":"mod.main.v1.NoticeService/PostNotice","request":)";

std::string header(const std::string& set, int commands, bool demo, const std::string& need = "") {
  return R"({"set":")" + set + R"(","module":"mod_main","title":"A set","demo":)" +
         (demo ? "true" : "false") + R"(,"commands":)" + std::to_string(commands) +
         R"(,"needs":[)" + need + "]}\n";
}

std::string post(const std::string& id, const std::string& title) {
  return R"({"id":")" + id + kPost + R"({"org_id":"choir","notice_id":")" + id + R"(","title":")" +
         title + R"(","text":"x"}})" + "\n";
}

class FirstStart : public testing::Test {
 protected:
  static std::vector<Module> modules() {
    std::vector<Module> all;
    all.push_back(sys_core::sys_core());
    all.push_back(sys_accounts::sys_accounts());
    all.push_back(mod_main::mod_main());
    return all;
  }

  void put(const std::string& set, const std::string& content) const {
    std::filesystem::create_directories(temp_.path() / "mod_main");
    std::ofstream(temp_.path() / "mod_main" / (set + ".ndjson")) << content;
  }

  NodePorts ports() {
    NodePorts ports = storage_.ports();
    return {ports.log, ports.tables, ports.clock, ports.secrets, sets_, ports.keys};
  }

  std::uint64_t head() { return storage_.log.head({"mod_main"}).value; }

  TempFolder temp_;
  NodeStorage storage_;
  const BootstrapFolder sets_{temp_.path(), {{"mod_main"}}};
  const StopSignals signals_;
};

TEST_F(FirstStart, AppliesTheDemoSetsByTheirNeedsAndOnlyOnce) {
  put("a", header("a", 2, true, R"("mod_main/b")") + post("one", "1") + post("two", "2"));
  put("b", header("b", 1, true) + post("three", "3"));
  put("c", header("c", 1, false) + post("four", "4"));
  Node node(test_settings(), modules(), ports());
  ASSERT_TRUE(node.start({}));
  const auto first = apply_demo_sets(node, signals_);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(head(), 3u);
  EXPECT_EQ(first->events, 3u + 2u) << "and that the two sets are in";
  const auto again = apply_demo_sets(node, signals_);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->events, 0u);
  EXPECT_EQ(head(), 3u);
}

TEST_F(FirstStart, NamesTheDemoCommandThatWasRefused) {
  put("a", header("a", 2, true) + post("one", "1") + post("two", ""));
  Node node(test_settings(), modules(), ports());
  ASSERT_TRUE(node.start({}));
  const auto applied = apply_demo_sets(node, signals_);
  ASSERT_FALSE(applied);
  EXPECT_THAT(applied.error().message, HasSubstr("mod_main/a: 1 commands were refused, the first "
                                                 "one in line 3, command 'two': title"));
}

TEST_F(FirstStart, NamesTheDemoLineThatIsMalformed) {
  put("a", header("a", 1, true) + "nonsense\n");
  Node node(test_settings(), modules(), ports());
  ASSERT_TRUE(node.start({}));
  EXPECT_THAT(apply_demo_sets(node, signals_).error().message, HasSubstr("a.ndjson:2: expected"));
}

TEST_F(FirstStart, DemoSetsNeedTheModuleThatAppliesThem) {
  std::vector<Module> alone;
  alone.push_back(mod_main::mod_main());
  Node node(test_settings(), std::move(alone), ports());
  ASSERT_TRUE(node.start({}));
  EXPECT_THAT(apply_demo_sets(node, signals_).error().message, HasSubstr("sys_core"));
  EXPECT_EQ(setup_notice(node.dispatcher(), {"mtctl", "d"}).value(), "");
}

TEST_F(FirstStart, TheSetupNoticeLeadsToTheFirstSuperadminAndIsSilentThen) {
  Node node(test_settings(), modules(), ports());
  ASSERT_TRUE(node.start({}));
  const std::string notice = setup_notice(node.dispatcher(), {"bin/mtctl", "my data"}).value();
  const std::string begin = "setup token=";
  ASSERT_TRUE(notice.starts_with(begin)) << notice;
  EXPECT_THAT(notice, ContainsRegex(" expires=[0-9-]+T[0-9:]{8}Z\n")) << "whole seconds";
  EXPECT_THAT(notice, HasSubstr("\n  bin/mtctl --data \"my data\" setup "));
  ::sys::accounts::v1::CreateFirstSuperadminRequest request;
  request.set_token(notice.substr(begin.size(), notice.find(' ', begin.size()) - begin.size()));
  request.set_email("first@example.org");
  request.set_password("ten characters");
  const auto created = call_in_process<::sys::accounts::v1::CreateFirstSuperadminResponse>(
      node.dispatcher(), "sys.accounts.v1.SetupService/CreateFirstSuperadmin", request);
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_EQ(setup_notice(node.dispatcher(), {"bin/mtctl", "d"}).value(), "");
}

}  // namespace
}  // namespace mt::test
