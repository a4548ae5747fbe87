#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "sys/core/v1/parked.pb.h"
#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

using testing::HasSubstr;

const ModuleName kModule{"mod_main"};
constexpr char kTable[] = "mod_main_notices";

// One notice, and two commits behind it that no table can read.
struct Parked : CoreNode {
  Parked() {
    sets().add("mod_main", "demo").commands = {post_notice(2, "n1", "One")};
    check(apply("mod_main", "demo").has_value(), "the set is applied");
    append("n1", {1});
    append("n2", {0});
    std::promise<bool> applied;
    tables().wake();
    tables().when_applied(kModule, storage().log.head(kModule),
                          [&](bool reached) { applied.set_value(reached); });
    check(applied.get_future().get(), "the tables hold them");
  }

  LiveTables& tables() { return node().control().tables(); }
  void append(const std::string& id, Version before) {
    CommitRecord record;
    record.first = storage().log.head(kModule) + 1;
    record.commit.stream = {"notice", id};
    record.commit.expected = before;
    record.commit.events = {{"NoticePosted", 1, "\xff\xff"}};
    record.commit.command.id = {"by hand"};
    record.time = storage().clock.now();
    const LogAppend append{kModule, &record};
    check(storage().log.append({&append, 1}).has_value(), "the record is stored");
  }

  Result<v1::ListParkedResponse> list(const std::string& table = "") {
    v1::ListParkedRequest request;
    request.set_table(table);
    return call<v1::ListParkedResponse>("ParkedService/ListParked", request);
  }
  Result<v1::GetParkedResponse> get(const std::string& stream) {
    v1::GetParkedRequest request;
    request.set_table(kTable);
    request.set_stream(stream);
    return call<v1::GetParkedResponse>("ParkedService/GetParked", request);
  }
  Result<std::vector<v1::RetryParkedResponse>> retry(const std::string& table,
                                                     const std::string& stream = "") {
    v1::RetryParkedRequest request;
    request.set_table(table);
    request.set_stream(stream);
    return watch<v1::RetryParkedResponse>("ParkedService/RetryParked", request);
  }
  Result<v1::RetryParkedResponse> drop(const std::string& stream, std::uint64_t position) {
    v1::DropParkedRequest request;
    request.set_table(kTable);
    request.set_stream(stream);
    request.set_position(position);
    request.set_reason("unreadable");
    return call<v1::RetryParkedResponse>("ParkedService/DropParked", request);
  }
};

TEST(ParkedService, ListsWhatIsParked) {
  Parked node;
  const auto all = node.list();
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->streams_size(), 2);
  EXPECT_EQ(all->streams(0).table(), kTable);
  EXPECT_EQ(all->streams(0).module(), "mod_main");
  EXPECT_EQ(all->streams(0).stream(), "notice/n1");
  EXPECT_EQ(all->streams(0).position(), 2u);
  EXPECT_EQ(all->streams(0).version(), 2u);
  EXPECT_EQ(all->streams(0).type(), "NoticePosted");
  EXPECT_EQ(all->streams(0).waiting(), 1u);
  EXPECT_THAT(all->streams(0).why(), HasSubstr("NoticePosted"));
  EXPECT_EQ(all->streams(1).stream(), "notice/n2");
  EXPECT_EQ(node.list("sys_core_bootstrap_sets")->streams_size(), 0);
  EXPECT_EQ(node.list("mod_main_nothing").error().code, Code::kNotFound);
}

TEST(ParkedService, ShowsTheEventThatAStreamWaitsAt) {
  Parked node;
  const auto shown = node.get("notice/n1");
  ASSERT_TRUE(shown) << shown.error().message;
  EXPECT_EQ(shown->parked().position(), 2u);
  EXPECT_EQ(shown->event().position(), 2u);
  EXPECT_EQ(shown->event().stream(), "notice/n1");
  EXPECT_TRUE(shown->event().payload().fields().contains("unreadable"));
  EXPECT_EQ(node.get("notice/n3").error().code, Code::kNotFound);
}

TEST(ParkedService, TriesAgainAndSaysWhatBecameOfEach) {
  Parked node;
  const auto tried = node.retry("");
  ASSERT_TRUE(tried) << tried.error().message;
  ASSERT_EQ(tried->size(), 2u);
  EXPECT_EQ(tried->front().was().stream(), "notice/n1");
  EXPECT_EQ(tried->front().applied(), 0u);
  EXPECT_EQ(tried->front().again().attempts(), 2u);
  EXPECT_EQ(node.retry(kTable, "notice/n2")->size(), 1u);
  EXPECT_EQ(node.retry(kTable, "notice/n3").error().code, Code::kNotFound);
  EXPECT_EQ(node.retry("", "notice/n1").error().code, Code::kInvalidArgument);
}

TEST(ParkedService, DropsTheEventThatTheOperatorLookedAt) {
  Parked node;
  EXPECT_EQ(node.drop("notice/n1", 3).error().code, Code::kFailedPrecondition);
  const auto dropped = node.drop("notice/n1", 2);
  ASSERT_TRUE(dropped) << dropped.error().message;
  EXPECT_EQ(dropped->applied(), 0u);
  EXPECT_FALSE(dropped->has_again());
  EXPECT_EQ(node.list()->streams_size(), 1);
  EXPECT_EQ(node.drop("notice/n1", 2).error().code, Code::kNotFound);
}

TEST(ParkedService, IsNobodysButTheOperatorsAndSuperadmins) {
  Parked node;
  const test::CallAs anybody{.caller = test::account("ada", {{Role::ROLE_ADMIN, "", ""}})};
  const auto refused = node.call<v1::ListParkedResponse>("ParkedService/ListParked",
                                                         v1::ListParkedRequest(), anybody);
  EXPECT_EQ(refused.error().code, Code::kPermissionDenied);
}

TEST(ParkedService, ModuleIsDegradedWhileStreamsAreLeftOut) {
  Parked node;
  const auto status =
      node.call<v1::GetStatusResponse>("StatusService/GetStatus", v1::GetStatusRequest());
  const v1::ModuleStatus& module = status->modules(1);
  EXPECT_EQ(module.state(), "degraded");
  EXPECT_THAT(module.reason(), HasSubstr("mod_main_notices leaves out 2 streams"));
  EXPECT_EQ(module.tables(0).parked(), 2u);
}

}  // namespace
}  // namespace mt::sys_core
