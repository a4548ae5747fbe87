#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "mod/main/v1/notices.pb.h"
#include "sys/core/v1/commands.pb.h"
#include "tests/fixture/gate.h"
#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

Result<Reply> post(Node& node, const std::string& key, const std::string& title,
                   const std::string& id = "") {
  ::mod::main::v1::PostNoticeRequest request;
  request.set_org_id("choir");
  request.set_notice_id(id);
  request.set_title(title);
  request.set_text("At seven.");
  const Caller ada = test::account("ada", {{Role::ROLE_ADMIN, "choir", ""}});
  return node.dispatcher().call_and_wait(
      test::TestNode::input_of("mod.main.v1.NoticeService/PostNotice", {.key = key, .caller = ada}),
      std::make_shared<const ::mod::main::v1::PostNoticeRequest>(request));
}

v1::GetCommandRequest asking_for(const std::string& id, const std::string& module = "mod_main") {
  v1::GetCommandRequest request;
  request.set_module(module);
  request.set_command_id(id);
  return request;
}

struct Commands : CoreNode {
  Result<v1::GetCommandResponse> command(const v1::GetCommandRequest& request,
                                         test::CallAs as = {}) {
    return call<v1::GetCommandResponse>("CommandService/GetCommand", request, std::move(as));
  }
};

TEST(CommandService, ShowsWhatACommandDid) {
  Commands node;
  ASSERT_TRUE(post(node.node(), "first", "One"));
  ASSERT_TRUE(post(node.node(), "second", "Two"));
  const auto found = node.command(asking_for("by/ada/second"));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->command_id(), "by/ada/second");
  EXPECT_EQ(found->actor(), "ada");
  EXPECT_THAT(found->stream(), HasSubstr("notice/"));
  EXPECT_EQ(found->first_position(), 2u);
  EXPECT_EQ(found->last_position(), 2u);
  EXPECT_EQ(found->version(), 1u);
  EXPECT_EQ(found->reply_type(), "mod.main.v1.PostNoticeResponse");
  EXPECT_GT(found->reply_bytes(), 0u);
  EXPECT_EQ(found->remembered_until().seconds() - found->time().seconds(), 24 * 3600);
}

TEST(CommandService, ShowsTheDigestThatARefusalNames) {
  Commands node;
  ASSERT_TRUE(post(node.node(), "key", "One"));
  const auto refused = post(node.node(), "key", "Another");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kAlreadyExists);
  const auto found = node.command(asking_for("by/ada/key"));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->request_digest().size(), 32u);
  EXPECT_THAT(refused.error().message, HasSubstr(found->request_digest()));
}

TEST(CommandService, RemembersNoLongerThanTheWriter) {
  Commands node;
  ASSERT_TRUE(post(node.node(), "key", "One"));
  node.storage().clock.advance(24h - 1ns);
  EXPECT_TRUE(node.command(asking_for("by/ada/key")));
  node.storage().clock.advance(1ns);
  const auto forgotten = node.command(asking_for("by/ada/key"));
  ASSERT_FALSE(forgotten);
  EXPECT_EQ(forgotten.error().code, Code::kNotFound);
  EXPECT_THAT(forgotten.error().message, HasSubstr("'by/ada/key'"));

  // The key is a new command's now, and it is that one which is shown.
  ASSERT_TRUE(post(node.node(), "key", "Two", "n2"));
  EXPECT_EQ(node.command(asking_for("by/ada/key"))->first_position(), 2u);
}

TEST(CommandService, RemembersThoseOfSetsForEver) {
  Commands node;
  node.sets().add("mod_main", "demo").commands = {post_notice(2, "n1", "One")};
  ASSERT_TRUE(node.apply("mod_main", "demo"));
  node.storage().clock.advance(24h * 1000);
  const auto found = node.command(asking_for("bs/mod_main/demo/n1"));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_FALSE(found->has_remembered_until());
}

TEST(CommandService, ShowsWhatTheTablesHaveNotSeen) {
  test::NodeStorage storage;
  test::GatedKv kv(storage.memory_kv);
  std::vector<Module> modules;
  modules.push_back(sys_core());
  modules.push_back(mod_main::mod_main());
  Node node(test::test_settings(), std::move(modules),
            {storage.log, kv, storage.clock, storage.secrets, storage.data_sets, *storage.keys});
  ASSERT_TRUE(node.start({}));
  kv.gate.close();
  // It is in the log, and answered when the tables hold it.
  std::thread posting([&] { EXPECT_TRUE(post(node, "key", "One")); });
  kv.gate.wait_for_writer();
  const auto reply = node.dispatcher().call_and_wait(
      test::TestNode::input_of("sys.core.v1.CommandService/GetCommand", {}),
      std::make_shared<const v1::GetCommandRequest>(asking_for("by/ada/key")));
  kv.gate.open();
  posting.join();
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(test::message_of<v1::GetCommandResponse>(reply).first_position(), 1u);
}

TEST(CommandService, RefusesWhatIsNotThere) {
  Commands node;
  EXPECT_EQ(node.command(asking_for("by/ada/key")).error().code, Code::kNotFound);
  EXPECT_EQ(node.command(asking_for("by/ada/key", "mod_x")).error().code, Code::kNotFound);
  EXPECT_EQ(node.command(asking_for("")).error().code, Code::kInvalidArgument);
  EXPECT_EQ(node.command(asking_for(std::string(257, 'x'))).error().code, Code::kInvalidArgument);
}

TEST(CommandService, IsForSuperadmins) {
  Commands node;
  EXPECT_EQ(node.command(asking_for("k"), {.caller = Caller::anonymous()}).error().code,
            Code::kUnauthenticated);
}

}  // namespace
}  // namespace mt::sys_core
