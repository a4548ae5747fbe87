#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events/event_codec.h"
#include "mod/main/v1/notices.pb.h"
#include "sys/core/v1/tags.pb.h"
#include "tests/unit/modules/sys_core/core_node.h"

namespace mt::sys_core {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kModule = "mod_main";

StoredEvent tagged_event(const ::mod::main::v1::NoticeEvent& event, std::vector<std::string> tags) {
  StoredEvent stored = encode_event(event);
  stored.tags = std::move(tags);
  return stored;
}

StoredEvent posted(std::vector<std::string> tags) {
  ::mod::main::v1::NoticeEvent event;
  event.mutable_posted()->set_title("seats");
  return tagged_event(event, std::move(tags));
}

StoredEvent withdrawn(std::vector<std::string> tags) {
  ::mod::main::v1::NoticeEvent event;
  event.mutable_withdrawn();
  return tagged_event(event, std::move(tags));
}

// Whose log holds events with tags, which mod_main's own have none of.
class TagsNode {
 public:
  // One commit of a notice of its own.
  void write(std::vector<StoredEvent> events) {
    check(storage_.memory_log.open({kModule}).has_value(), "a log in memory opens");
    CommitRecord record;
    record.first = storage_.memory_log.head({kModule}) + 1;
    record.time = storage_.clock.now();
    record.commit.stream = {"notice", "n" + std::to_string(record.first.value)};
    record.commit.events = std::move(events);
    const LogAppend append{{kModule}, &record};
    check(storage_.memory_log.append({&append, 1}).has_value(), "a log in memory grows");
  }

  Result<v1::FindEventsResponse> find(const v1::FindEventsRequest& request, test::CallAs as = {}) {
    if (!node_) {
      std::vector<Module> modules;
      modules.push_back(sys_core());
      modules.push_back(mod_main::mod_main());
      node_.emplace(storage_, std::move(modules));
      node_->must_start();
    }
    const auto reply = node_->call("sys.core.v1.TagService/FindEvents",
                                   v1::FindEventsRequest(request), std::move(as));
    if (!reply) return reply.error();
    return test::message_of<v1::FindEventsResponse>(reply);
  }

 private:
  test::NodeStorage storage_;
  std::optional<test::TestNode> node_;
};

v1::FindEventsRequest with_tags(const std::vector<std::string>& tags) {
  v1::FindEventsRequest request;
  request.set_module(kModule);
  v1::TagQueryItem& item = *request.add_items();
  for (const std::string& tag : tags) item.add_tags(tag);
  return request;
}

std::vector<std::uint64_t> positions(const Result<v1::FindEventsResponse>& response) {
  std::vector<std::uint64_t> positions;
  EXPECT_TRUE(response) << response.error().message;
  if (!response) return positions;
  for (const auto& event : response->events()) positions.push_back(event.position());
  return positions;
}

TEST(TagService, FindsEventsByTagsAndTypes) {
  TagsNode node;
  node.write({posted({"hall:1", "team:a"}), withdrawn({"hall:1"})});
  node.write({posted({"hall:2", "team:a"})});
  node.write({posted({}), withdrawn({"hall:1", "team:a"})});
  EXPECT_THAT(positions(node.find(with_tags({"hall:1"}))), ElementsAre(1, 2, 5));
  EXPECT_THAT(positions(node.find(with_tags({"hall:1", "team:a"}))), ElementsAre(1, 5));
  EXPECT_THAT(positions(node.find(with_tags({"hall:3"}))), ElementsAre());

  v1::FindEventsRequest request = with_tags({"hall:1"});
  request.mutable_items(0)->add_types("NoticeWithdrawn");
  const auto found = node.find(request);
  EXPECT_THAT(positions(found), ElementsAre(2, 5));
  EXPECT_EQ(found->position(), 5u);
  EXPECT_FALSE(found->more());
  EXPECT_EQ(found->events(1).stream(), "notice/n4");
  EXPECT_EQ(found->events(1).version(), 2u);
  EXPECT_EQ(found->events(1).type(), "NoticeWithdrawn");
  EXPECT_THAT(found->events(1).tags(), ElementsAre("hall:1", "team:a"));
  request.add_items()->add_tags("hall:2");
  EXPECT_THAT(positions(node.find(request)), ElementsAre(2, 3, 5)) << "what one of the items finds";
}

TEST(TagService, FindsSoManyAndGoesOnBehindThem) {
  TagsNode node;
  for (int i = 0; i < 250; ++i) node.write({posted({"hall:1"})});
  v1::FindEventsRequest request = with_tags({"hall:1"});
  EXPECT_EQ(positions(node.find(request)).size(), 100u);
  request.set_limit(2);
  const auto first = node.find(request);
  EXPECT_THAT(positions(first), ElementsAre(1, 2));
  EXPECT_TRUE(first->more());
  request.set_after_position(first->last());
  EXPECT_THAT(positions(node.find(request)), ElementsAre(3, 4));
  request.set_limit(1000);
  request.set_after_position(240);
  const auto rest = node.find(request);
  EXPECT_EQ(positions(rest).size(), 10u);
  EXPECT_FALSE(rest->more());
}

TEST(TagService, RefusesWhatIsNoQuery) {
  TagsNode node;
  const auto refusal = [&](const v1::FindEventsRequest& request) {
    const auto found = node.find(request);
    if (found) return std::string();
    EXPECT_EQ(found.error().code, Code::kInvalidArgument);
    return found.error().message;
  };
  v1::FindEventsRequest none;
  none.set_module(kModule);
  EXPECT_EQ(refusal(none), "the tag query has no item");
  EXPECT_EQ(refusal(with_tags({})), "item 1 of the tag query names no tag");
  EXPECT_EQ(refusal(with_tags({""})), "item 1 of the tag query has a tag that is empty");
  EXPECT_THAT(refusal(with_tags({"a\nb"})), HasSubstr("control character"));
  EXPECT_THAT(refusal(with_tags({std::string(129, 'x')})), HasSubstr("128 are allowed"));
  EXPECT_EQ(
      refusal(with_tags(std::vector<std::string>(1000, "hall:1"))),
      "item 1 of the tag query brings it to 1000 tags and types, fewer than 1000 are allowed");
  v1::FindEventsRequest other = with_tags({"hall:1"});
  other.set_module("mod_x");
  EXPECT_EQ(node.find(other).error().code, Code::kNotFound);
  v1::FindEventsRequest much = with_tags({"hall:1"});
  much.set_limit(1001);
  EXPECT_EQ(node.find(much).error().code, Code::kInvalidArgument);
}

TEST(TagService, GivesUpWhereTagsNeverMeet) {
  TagsNode node;
  for (int i = 0; i < 100; ++i) {
    std::vector<StoredEvent> events;
    for (int k = 0; k < 1'200; ++k) events.push_back(posted({k % 2 == 0 ? "even" : "odd"}));
    node.write(std::move(events));
  }
  const auto never = node.find(with_tags({"even", "odd"}));
  ASSERT_FALSE(never);
  EXPECT_EQ(never.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(never.error().message, HasSubstr("nothing was found in 100000 entries"));
}

TEST(TagService, IsForSuperadmins) {
  TagsNode node;
  const v1::FindEventsRequest request = with_tags({"hall:1"});
  EXPECT_EQ(node.find(request, {.caller = Caller::anonymous()}).error().code,
            Code::kUnauthenticated);
  const Caller admin = test::account("ada", {{Role::ROLE_ADMIN, "choir", ""}});
  EXPECT_EQ(node.find(request, {.caller = admin}).error().code, Code::kPermissionDenied);
}

}  // namespace
}  // namespace mt::sys_core
