#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

struct Notices : CoreNode {
  Notices() {
    auto& entry = sets().add("mod_main", "demo");
    for (std::uint64_t i = 1; i <= 12; ++i) {
      entry.commands.push_back(
          post_notice(i + 1, "n" + std::to_string(i), "No " + std::to_string(i)));
    }
    check(apply("mod_main", "demo").has_value(), "the set is applied");
  }

  Result<std::vector<std::uint64_t>> positions(v1::TailEventsRequest request) {
    request.set_module("mod_main");
    MT_TRY(const auto events, watch<v1::TailEventsResponse>("EventService/TailEvents", request));
    std::vector<std::uint64_t> all;
    for (const auto& each : events) all.push_back(each.event().position());
    return all;
  }
};

using Positions = std::vector<std::uint64_t>;

TEST(EventService, ShowsTheLastTenEvents) {
  Notices node;
  EXPECT_EQ(*node.positions({}), (Positions{3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
}

TEST(EventService, ShowsAsManyAsAreAskedFor) {
  Notices node;
  v1::TailEventsRequest request;
  request.set_last(2);
  EXPECT_EQ(*node.positions(request), (Positions{11, 12}));
  request.set_last(100);
  EXPECT_EQ(node.positions(request)->size(), 12u);
}

TEST(EventService, ShowsARangeOfPositions) {
  Notices node;
  v1::TailEventsRequest request;
  request.set_from_position(4);
  request.set_to_position(6);
  EXPECT_EQ(*node.positions(request), (Positions{4, 5, 6}));
  request.set_from_position(13);
  request.set_to_position(0);
  EXPECT_TRUE(node.positions(request)->empty());
}

TEST(EventService, ShowsEventsThatContainAText) {
  Notices node;
  v1::TailEventsRequest request;
  request.set_from_position(1);
  request.set_contains("\"No 1");
  EXPECT_EQ(node.positions(request)->size(), 4u);  // 1, 10, 11, 12
}

TEST(EventService, FollowsTheLogUntilThePositionThatIsAskedFor) {
  Notices node;
  v1::TailEventsRequest request;
  request.set_module("mod_main");
  request.set_from_position(12);
  request.set_to_position(13);
  request.set_follow(true);
  auto stream = std::make_shared<test::CollectingStream>();
  node.node().dispatcher().watch(
      test::TestNode::input_of("sys.core.v1.EventService/TailEvents", {}),
      request.SerializeAsString(), stream);
  for (const char* id : {"n13", "n14"}) {
    node.sets().at(0).commands.push_back(post_notice(20, id, "Later"));
    ASSERT_TRUE(node.apply("mod_main", "demo"));
  }
  EXPECT_TRUE(stream->wait());
  EXPECT_EQ(stream->received().size(), 2u);
}

TEST(EventService, ShowsTheCommitOfAPosition) {
  Notices node;
  v1::GetCommitRequest request;
  request.set_module("mod_main");
  request.set_position(5);
  const auto commit = node.call<v1::GetCommitResponse>("EventService/GetCommit", request);
  ASSERT_TRUE(commit) << commit.error().message;
  ASSERT_EQ(commit->events_size(), 1);
  EXPECT_EQ(commit->events(0).position(), 5u);
  EXPECT_EQ(commit->events(0).type(), "NoticePosted");
  EXPECT_EQ(commit->events(0).actor(), "system");
  EXPECT_EQ(commit->hash().size(), 64u);
  EXPECT_EQ(commit->stored_bytes(), node.storage().memory_log.bytes_at({"mod_main"}, {5}).size());
  request.set_position(13);
  EXPECT_EQ(node.call<v1::GetCommitResponse>("EventService/GetCommit", request).error().code,
            Code::kNotFound);
  request.set_module("mod_other");
  EXPECT_EQ(node.call<v1::GetCommitResponse>("EventService/GetCommit", request).error().code,
            Code::kNotFound);
}

TEST(EventService, ReportsADamagedRecordByItsPosition) {
  Notices node;
  node.storage().memory_log.bytes_at({"mod_main"}, {7}).back() ^= 1;
  v1::TailEventsRequest request;
  request.set_from_position(5);
  const auto refused = node.positions(request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kDataLoss);
  EXPECT_NE(refused.error().message.find("7"), std::string::npos) << refused.error().message;
}

TEST(EventService, IsForSuperadminsOnly) {
  Notices node;
  v1::TailEventsRequest request;
  request.set_module("mod_main");
  const auto refused = node.watch<v1::TailEventsResponse>(
      "EventService/TailEvents", request,
      {.caller = test::account("ann", {{Role::ROLE_ADMIN, "", ""}})});
  EXPECT_EQ(refused.error().code, Code::kPermissionDenied);
}

}  // namespace
}  // namespace mt::sys_core
