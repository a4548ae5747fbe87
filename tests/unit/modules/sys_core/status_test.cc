#include "modules/sys_core/server/status.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <set>
#include <string>

#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

TEST(Status, ShowsATableWithItsLag) {
  const TableState state{"mod_main_notices", {"mod_main"}, "live", 2, {7}, "", 5};
  const auto shown = to_proto(state, {10});
  EXPECT_EQ(shown.name(), "mod_main_notices");
  EXPECT_EQ(shown.state(), "live");
  EXPECT_EQ(shown.version(), 2u);
  EXPECT_EQ(shown.checkpoint(), 7u);
  EXPECT_EQ(shown.lag(), 3u);
  EXPECT_EQ(shown.rows(), 5u);
  EXPECT_EQ(to_proto(state, {7}).lag(), 0u);
  EXPECT_EQ(to_proto(state, {6}).lag(), 0u) << "the head was read before the table went on";
}

TEST(Status, ShowsWhyATableFailed) {
  const TableState state{"t", {"m"}, "failed", 1, {7}, "event 8: no", 5};
  EXPECT_EQ(to_proto(state, {9}).failure(), "event 8: no");
}

TEST(Status, DescribesAccessRules) {
  api::v1::Access access;
  EXPECT_EQ(describe_access(access), "nobody");
  access.set_anyone(true);
  EXPECT_EQ(describe_access(access), "anyone");
  access.set_signed_in(true);
  EXPECT_EQ(describe_access(access), "signed in");
  access.mutable_role()->set_at_least(Role::ROLE_SUPERADMIN);
  EXPECT_EQ(describe_access(access), "superadmin");
  access.mutable_role()->set_org_field("org_id");
  EXPECT_EQ(describe_access(access), "superadmin in org_id");
  access.mutable_role()->set_project_field("project_id");
  EXPECT_EQ(describe_access(access), "superadmin in org_id, project_id");
}

TEST(StatusService, ShowsTheNodeAndItsModules) {
  CoreNode node;
  node.sets().add("mod_main", "demo").commands = {post_notice(2, "welcome", "Welcome")};
  ASSERT_TRUE(node.apply("mod_main", "demo"));
  node.node().set_listening({"127.0.0.1:5"});
  node.storage().clock.advance(std::chrono::seconds(90));
  const auto status =
      node.call<v1::GetStatusResponse>("StatusService/GetStatus", v1::GetStatusRequest());
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->node().name(), "here");
  EXPECT_EQ(status->node().container(), "test");
  EXPECT_EQ(status->node().version(), "9");
  EXPECT_EQ(status->node().process_id(), static_cast<std::uint64_t>(getpid()));
  EXPECT_EQ(status->node().started().seconds(), 24 * 3600);
  EXPECT_DOUBLE_EQ(status->node().uptime_seconds(), 90);
  EXPECT_EQ(status->node().listening(0), "127.0.0.1:5");
  EXPECT_EQ(status->node().entities_in_memory(), 2u);
  EXPECT_GE(status->node().calls_in_flight(), 1u) << "this one";
  ASSERT_EQ(status->modules_size(), 2);
  const v1::ModuleStatus& module = status->modules(1);
  EXPECT_EQ(module.name(), "mod_main");
  EXPECT_EQ(module.state(), "running");
  EXPECT_EQ(module.version(), "0.1.0");
  EXPECT_EQ(module.log_head(), 1u);
  ASSERT_EQ(module.tables_size(), 1);
  EXPECT_EQ(module.tables(0).name(), "mod_main_notices");
  EXPECT_EQ(module.tables(0).checkpoint(), 1u);
  EXPECT_EQ(module.tables(0).lag(), 0u);
  EXPECT_EQ(module.tables(0).rows(), 1u);
}

TEST(StatusService, ShowsTheMethodsAndSetsOfAModule) {
  CoreNode node;
  node.sets().add("mod_main", "demo");
  v1::GetModuleRequest request;
  request.set_name("mod_main");
  const auto module = node.call<v1::GetModuleResponse>("StatusService/GetModule", request);
  ASSERT_TRUE(module) << module.error().message;
  ASSERT_EQ(module->methods_size(), 5);
  std::set<std::string> methods;
  for (const auto& method : module->methods()) {
    methods.insert(method.name() + " " + method.kind() + " " + method.access());
  }
  EXPECT_TRUE(methods.contains("mod.main.v1.NoticeService/PostNotice command admin in org_id"));
  EXPECT_TRUE(methods.contains("mod.main.v1.NoticeService/ListNotices query user in org_id"));
  EXPECT_TRUE(methods.contains("mod.main.v1.NoticeService/WatchNotices watch user in org_id"));
  ASSERT_EQ(module->bootstrap_sets_size(), 1);
  EXPECT_EQ(module->bootstrap_sets(0), "demo");
  request.set_name("mod_other");
  EXPECT_EQ(node.call<v1::GetModuleResponse>("StatusService/GetModule", request).error().code,
            Code::kNotFound);
}

// Anybody may register an account; what runs here, and how much of it, is not for everybody.
TEST(StatusService, IsForAdminsOfTheWholeNode) {
  CoreNode node;
  const auto refusal = [&](Caller caller) {
    const auto status = node.call<v1::GetStatusResponse>(
        "StatusService/GetStatus", v1::GetStatusRequest(), {.caller = std::move(caller)});
    return status ? Code::kOk : status.error().code;
  };
  EXPECT_EQ(refusal(Caller::anonymous()), Code::kUnauthenticated);
  EXPECT_EQ(refusal(test::account("ann", {{Role::ROLE_GUEST, "", ""}})), Code::kPermissionDenied);
  EXPECT_EQ(refusal(test::account("ann", {{Role::ROLE_ADMIN, "choir", ""}})),
            Code::kPermissionDenied);
  EXPECT_EQ(refusal(test::account("ann", {{Role::ROLE_ADMIN, "", ""}})), Code::kOk);
}

}  // namespace
}  // namespace mt::sys_core
