#include <gtest/gtest.h>

#include <string>

#include "mod/main/v1/notices.pb.h"

#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

struct Demo : CoreNode {
  Demo() {
    auto& entry = sets().add("mod_main", "demo");
    entry.set.title = "Two notices";
    entry.set.demo = true;
    entry.commands = {post_notice(2, "welcome", "Welcome"), post_notice(3, "keys", "Keys found")};
  }

  v1::PlanSetResponse plan() {
    v1::PlanSetRequest request;
    request.set_module("mod_main");
    request.set_set("demo");
    return *call<v1::PlanSetResponse>("BootstrapService/PlanSet", request);
  }
  v1::ListSetsResponse list() {
    return *call<v1::ListSetsResponse>("BootstrapService/ListSets", v1::ListSetsRequest());
  }
};

TEST(BootstrapService, ListsTheSetsAndWhetherTheyAreIn) {
  Demo node;
  auto listed = node.list();
  ASSERT_EQ(listed.sets_size(), 1);
  EXPECT_EQ(listed.sets(0).module(), "mod_main");
  EXPECT_EQ(listed.sets(0).name(), "demo");
  EXPECT_EQ(listed.sets(0).title(), "Two notices");
  EXPECT_TRUE(listed.sets(0).demo());
  EXPECT_EQ(listed.sets(0).commands(), 2u);
  EXPECT_FALSE(listed.sets(0).has_applied());
  ASSERT_TRUE(node.apply("mod_main", "demo"));
  EXPECT_EQ(node.list().sets(0).applied().seconds(), 24 * 3600);
}

TEST(BootstrapService, PlansWithoutDoing) {
  Demo node;
  EXPECT_EQ(node.plan().to_apply(), 2u);
  EXPECT_EQ(node.plan().already_applied(), 0u);
  EXPECT_EQ(node.head("mod_main").value, 0u);
  ASSERT_TRUE(node.apply("mod_main", "demo"));
  EXPECT_EQ(node.plan().to_apply(), 0u);
  EXPECT_EQ(node.plan().already_applied(), 2u);
}

// A view of the derived state for each command, a hundred thousand of them, is a system call each.
TEST(BootstrapService, PlansManyCommandsOnFewViews) {
  CoreNode node;
  auto& entry = node.sets().add("mod_main", "many");
  for (std::uint64_t i = 0; i < 5000; ++i)
    entry.commands.push_back(post_notice(i + 2, "n" + std::to_string(i), "A notice"));
  v1::PlanSetRequest request;
  request.set_module("mod_main");
  request.set_set("many");
  const int before = node.storage().kv.begun_reads();
  const auto planned = node.call<v1::PlanSetResponse>("BootstrapService/PlanSet", request);
  ASSERT_TRUE(planned) << planned.error().message;
  EXPECT_EQ(planned->to_apply(), 5000u);
  EXPECT_LT(node.storage().kv.begun_reads() - before, 20);
}

TEST(BootstrapService, PlansNothingOnWhatCannotBeRead) {
  Demo node;
  ASSERT_TRUE(node.apply("mod_main", "demo"));
  node.storage().kv.set_fault(Error{Code::kDataLoss, "a damaged page"});
  v1::PlanSetRequest request;
  request.set_module("mod_main");
  request.set_set("demo");
  const auto planned = node.call<v1::PlanSetResponse>("BootstrapService/PlanSet", request);
  node.storage().kv.set_fault(std::nullopt);
  ASSERT_FALSE(planned);
  EXPECT_EQ(planned.error().code, Code::kDataLoss);
}

TEST(BootstrapService, ListsManySetsOnOneView) {
  CoreNode node;
  for (int i = 0; i < 100; ++i) node.sets().add("mod_main", "set" + std::to_string(i));
  const int before = node.storage().kv.begun_reads();
  const auto listed =
      node.call<v1::ListSetsResponse>("BootstrapService/ListSets", v1::ListSetsRequest());
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_EQ(listed->sets_size(), 100);
  EXPECT_LT(node.storage().kv.begun_reads() - before, 20);
}

TEST(BootstrapService, ChangesNothingTheSecondTime) {
  Demo node;
  const auto first = node.apply("mod_main", "demo");
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->sent(), 2u);
  EXPECT_EQ(first->total(), 2u);
  EXPECT_EQ(first->applied(), 2u);
  EXPECT_EQ(first->refused(), 0u);
  EXPECT_EQ(node.head("mod_main").value, 2u);
  EXPECT_EQ(node.head("sys_core").value, 1u);
  const auto second = node.apply("mod_main", "demo");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->sent(), 0u);
  EXPECT_EQ(second->already_applied(), 2u);
  EXPECT_EQ(node.head("mod_main").value, 2u);
  EXPECT_EQ(node.head("sys_core").value, 1u);
}

TEST(BootstrapService, AppliesWhatIsNewInAChangedFile) {
  Demo node;
  ASSERT_TRUE(node.apply("mod_main", "demo"));
  node.sets().at(0).commands.push_back(post_notice(4, "party", "Party"));
  EXPECT_FALSE(node.list().sets(0).has_applied());
  EXPECT_EQ(node.plan().to_apply(), 1u);
  const auto again = node.apply("mod_main", "demo");
  EXPECT_EQ(again->applied(), 1u);
  EXPECT_EQ(again->already_applied(), 2u);
  EXPECT_EQ(node.head("mod_main").value, 3u);
  EXPECT_TRUE(node.list().sets(0).has_applied());
}

TEST(BootstrapService, CountsARefusedCommandAndDoesNotTakeTheSetForApplied) {
  Demo node;
  node.sets().at(0).commands.insert(node.sets().at(0).commands.begin() + 1,
                                    post_notice(9, "long", std::string(121, 'x')));
  const auto applied = node.apply("mod_main", "demo");
  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->applied(), 2u);
  EXPECT_EQ(applied->refused(), 1u);
  EXPECT_EQ(applied->first_refusal().find("line 9, command 'long': "), 0u);
  EXPECT_FALSE(node.list().sets(0).has_applied());
  node.sets().at(0).commands[1] = post_notice(9, "long", "Short");
  EXPECT_EQ(node.apply("mod_main", "demo")->applied(), 1u);
  EXPECT_TRUE(node.list().sets(0).has_applied());
}

TEST(BootstrapService, AppliesASetAfterThoseItNeeds) {
  Demo node;
  auto& entry = node.sets().add("mod_main", "more");
  entry.set.needs = {"mod_main/demo"};
  entry.commands = {post_notice(2, "party", "Party")};
  const auto early = node.apply("mod_main", "more");
  EXPECT_EQ(early.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(early.error().message,
            "bootstrap set mod_main/more needs mod_main/demo; apply that first");
  EXPECT_EQ(node.head("mod_main").value, 0u);
  ASSERT_TRUE(node.apply("mod_main", "demo"));
  EXPECT_TRUE(node.apply("mod_main", "more"));
}

TEST(BootstrapService, TellsOfABrokenSetAndAppliesTheOthers) {
  Demo node;
  node.sets().add("mod_main", "torn").set.broken = "torn.ndjson:1: the file is empty";
  const auto listed = node.list();
  ASSERT_EQ(listed.sets_size(), 2);
  EXPECT_EQ(listed.sets(0).broken(), "");
  EXPECT_EQ(listed.sets(1).broken(), "torn.ndjson:1: the file is empty");
  const auto torn = node.apply("mod_main", "torn");
  EXPECT_EQ(torn.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(torn.error().message, "torn.ndjson:1: the file is empty");
  EXPECT_TRUE(node.apply("mod_main", "demo"));
}

TEST(BootstrapService, RefusesASetThatIsNotThere) {
  Demo node;
  EXPECT_EQ(node.apply("mod_main", "nothing").error().code, Code::kNotFound);
  EXPECT_EQ(node.apply("../mod_main", "demo").error().code, Code::kNotFound);
  EXPECT_EQ(node.apply("mod_main", "").error().code, Code::kInvalidArgument);
}

TEST(BootstrapService, TakesAPlatformThatCannotForAnError) {
  Demo node;
  node.storage().log.fail_with(unavailable("the disk is full"));
  const auto applied = node.apply("mod_main", "demo");
  ASSERT_FALSE(applied);
  EXPECT_EQ(applied.error().code, Code::kUnavailable);
}

// Otherwise anybody who may post a notice could post another one in the place of the set's.
TEST(BootstrapService, KeepsTheIdsOfItsCommandsForItself) {
  Demo node;
  ::mod::main::v1::PostNoticeRequest request;
  request.set_org_id("choir");
  request.set_title("Not the set's");
  request.set_text("At seven.");
  const auto post = [&](const std::string& key) {
    const Caller ada = test::account("ada", {{Role::ROLE_ADMIN, "choir", ""}});
    const auto reply = node.node().dispatcher().call_and_wait(
        test::TestNode::input_of("mod.main.v1.NoticeService/PostNotice",
                                 {.key = key, .caller = ada}),
        std::make_shared<const ::mod::main::v1::PostNoticeRequest>(request));
    return reply ? Code::kOk : reply.error().code;
  };
  EXPECT_EQ(post("bs/mod_main/demo/welcome"), Code::kOk);
  EXPECT_EQ(node.apply("mod_main", "demo")->applied(), 2u);
}

TEST(BootstrapService, IsForSuperadminsOnly) {
  Demo node;
  v1::ApplySetRequest request;
  request.set_module("mod_main");
  request.set_set("demo");
  const auto call_as = [&](Caller caller) {
    return node
        .watch<v1::ApplySetProgress>("BootstrapService/ApplySet", request,
                                     {.caller = std::move(caller)})
        .error()
        .code;
  };
  EXPECT_EQ(call_as(Caller::anonymous()), Code::kUnauthenticated);
  EXPECT_EQ(call_as(test::account("ann", {{Role::ROLE_ADMIN, "", ""}})), Code::kPermissionDenied);
  EXPECT_EQ(node.head("mod_main").value, 0u);
}

}  // namespace
}  // namespace mt::sys_core
