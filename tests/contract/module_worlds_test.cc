// One journey through real modules, in every world: what callers read and what the tables hold at
// the end does not depend on how the calls travelled, nor on calls that were sent twice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <map>

#include "mod/main/v1/notices.pb.h"
#include "modules/mod_main/module.h"
#include "modules/sys_accounts/module.h"
#include "sys/accounts/v1/accounts.pb.h"
#include "tests/fixture/test_node.h"

namespace mt::test {
namespace {

namespace accounts = ::sys::accounts::v1;
namespace notices = ::mod::main::v1;

// How a call gets from the journey to the dispatcher, and its answer back.
class World {
 public:
  virtual ~World() = default;
  virtual Result<Reply> call(Dispatcher& dispatcher, CallInput input,
                             std::shared_ptr<const Message> request) const = 0;
};

// LOCAL: messages are handed over as they are.
class LocalWorld final : public World {
 public:
  Result<Reply> call(Dispatcher& dispatcher, CallInput input,
                     std::shared_ptr<const Message> request) const override {
    return dispatcher.call_and_wait(std::move(input), std::move(request));
  }
};

// RPC: messages travel as bytes; the answer of each keyed command is lost once, and it is sent
// again.
class RpcWorld final : public World {
 public:
  Result<Reply> call(Dispatcher& dispatcher, CallInput input,
                     std::shared_ptr<const Message> request) const override {
    const std::string bytes = request->SerializeAsString();
    if (input.idempotency_key) (void)call_once(dispatcher, input, bytes);
    return call_once(dispatcher, std::move(input), bytes);
  }

 private:
  static Result<Reply> call_once(Dispatcher& dispatcher, CallInput input,
                                 const std::string& bytes) {
    std::promise<Result<Reply>> answer;
    auto answered = answer.get_future();
    dispatcher.call(std::move(input), bytes,
                    [&](Result<Reply> reply) { answer.set_value(std::move(reply)); });
    MT_TRY(Reply reply, answered.get());
    if (reply.message) reply.bytes = reply.message->SerializeAsString();
    reply.message.reset();
    return reply;
  }
};

std::vector<Module> modules() {
  std::vector<Module> modules;
  modules.push_back(sys_accounts::sys_accounts());
  modules.push_back(mod_main::mod_main());
  return modules;
}

// What was answered, step by step, and the content of each table at the end.
struct Journal {
  std::vector<std::string> answers;
  std::map<std::string, std::string> tables;
};

class Journey {
 public:
  explicit Journey(const World& world) : world_(world) { node_.must_start(); }

  Journal run() {
    create_organisations();
    post_notices();
    refuse_what_is_wrong();
    read_all();
    hash_tables();
    return std::move(journal_);
  }

 private:
  // A command with a key of its own; its answer goes into the journal.
  template <typename Response, typename Request>
  void command(const std::string& method, Request request) {
    call<Response>(method, std::move(request), "key-" + std::to_string(++keys_));
  }

  template <typename Response, typename Request>
  void call(const std::string& method, Request request, std::optional<std::string> key = {}) {
    const auto reply =
        world_.call(node_.dispatcher(), TestNode::input_of(method, {.key = std::move(key)}),
                    std::make_shared<const Request>(std::move(request)));
    journal_.answers.push_back(reply ? message_of<Response>(reply).DebugString()
                                     : std::string(to_string(reply.error().code)) + " " +
                                           reply.error().message);
  }

  void create_organisations() {
    for (const char* id : {"harbour-choir", "hill-choir"}) {
      accounts::CreateOrgRequest org;
      org.set_org_id(id);
      org.set_name("The " + std::string(id));
      command<accounts::CreateOrgResponse>("sys.accounts.v1.OrgService/CreateOrg", org);
    }
    accounts::CreateProjectRequest project;
    project.set_org_id("hill-choir");
    project.set_name("Summer concert");
    command<accounts::CreateProjectResponse>("sys.accounts.v1.ProjectService/CreateProject",
                                             project);
  }

  void post_notices() {
    for (int i = 0; i < 5; ++i) {
      notices::PostNoticeRequest post;
      post.set_org_id("harbour-choir");
      if (i % 2 == 0) post.set_notice_id("notice-" + std::to_string(i));
      post.set_title("Notice " + std::to_string(i));
      post.set_text("Text");
      command<notices::PostNoticeResponse>("mod.main.v1.NoticeService/PostNotice", post);
    }
    notices::EditNoticeRequest edit;
    edit.set_org_id("harbour-choir");
    edit.set_notice_id("notice-0");
    edit.set_title("Notice 0, again");
    edit.set_text("New text");
    command<notices::EditNoticeResponse>("mod.main.v1.NoticeService/EditNotice", edit);
    notices::WithdrawNoticeRequest withdraw;
    withdraw.set_org_id("harbour-choir");
    withdraw.set_notice_id("notice-2");
    command<notices::WithdrawNoticeResponse>("mod.main.v1.NoticeService/WithdrawNotice", withdraw);
  }

  void refuse_what_is_wrong() {
    accounts::CreateOrgRequest taken;
    taken.set_org_id("other-choir");
    taken.set_name("The hill-choir");
    command<accounts::CreateOrgResponse>("sys.accounts.v1.OrgService/CreateOrg", taken);
    notices::WithdrawNoticeRequest unknown;
    unknown.set_org_id("harbour-choir");
    unknown.set_notice_id("nowhere");
    command<notices::WithdrawNoticeResponse>("mod.main.v1.NoticeService/WithdrawNotice", unknown);
    notices::PostNoticeRequest empty;
    empty.set_org_id("harbour-choir");
    command<notices::PostNoticeResponse>("mod.main.v1.NoticeService/PostNotice", empty);
  }

  void read_all() {
    call<accounts::ListOrgsResponse>("sys.accounts.v1.OrgService/ListOrgs",
                                     accounts::ListOrgsRequest());
    notices::ListNoticesRequest list;
    list.set_org_id("harbour-choir");
    call<notices::ListNoticesResponse>("mod.main.v1.NoticeService/ListNotices", list);
  }

  void hash_tables() {
    LiveTables& tables = node_.control().tables();
    for (const TableState& table : tables.states()) {
      const auto report = tables.verify(table.name, {});
      ASSERT_TRUE(report.has_value()) << report.error().message;
      EXPECT_TRUE(report->equal) << table.name;
      journal_.tables[table.name] =
          std::to_string(report->rows) + " rows, " + to_hex(report->table_hash);
    }
  }

  const World& world_;
  NodeStorage storage_;
  TestNode node_{storage_, modules()};
  int keys_ = 0;
  Journal journal_;
};

TEST(ModuleWorlds, GiveTheSameAnswersAndTables) {
  const Journal local = Journey(LocalWorld()).run();
  const Journal rpc = Journey(RpcWorld()).run();

  EXPECT_EQ(rpc.answers, local.answers);
  EXPECT_EQ(rpc.tables, local.tables);
  // The journey did what it says: nothing here is equal because it is empty.
  ASSERT_EQ(local.answers.size(), 15u);
  EXPECT_THAT(local.answers[10], testing::HasSubstr("ALREADY_EXISTS"));
  EXPECT_THAT(local.answers[11], testing::HasSubstr("NOT_FOUND"));
  EXPECT_THAT(local.answers[12], testing::HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(local.tables.at("mod_main_notices"), testing::StartsWith("4 rows"));
  EXPECT_THAT(local.tables.at("sys_accounts_orgs"), testing::StartsWith("2 rows"));
}

// Without the keys the second sending would post a second notice: the retry is a real one.
TEST(ModuleWorlds, TellARetryFromASecondCommand) {
  NodeStorage storage;
  TestNode node(storage, modules());
  node.must_start();
  notices::PostNoticeRequest post;
  post.set_org_id("harbour-choir");
  post.set_title("Notice");
  post.set_text("Text");
  const auto request = std::make_shared<const notices::PostNoticeRequest>(post);
  const auto send = [&](std::optional<std::string> key) {
    const auto reply = RpcWorld().call(
        node.dispatcher(),
        TestNode::input_of("mod.main.v1.NoticeService/PostNotice", {.key = std::move(key)}),
        request);
    ASSERT_TRUE(reply.has_value()) << reply.error().message;
    EXPECT_EQ(reply->repeated, reply->command == CommandId{"one"});
  };
  send("one");
  send("one");
  EXPECT_EQ(node.module("mod_main").log_head, Position{1});
  send({});
  EXPECT_EQ(node.module("mod_main").log_head, Position{2});
}

}  // namespace
}  // namespace mt::test
