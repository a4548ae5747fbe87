// Decisions that rest on events of other entities, found by their tags: a course has so many seats,
// and every seat is an entity of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/fixture/given.h"
#include "tests/fixture/host_node.h"

namespace mt::test {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kSeats = 10;  // of each course
constexpr std::int64_t kBad = 666;   // a course whose query is none, which the code overlooks

std::string course_tag(std::int64_t course) { return "course:" + std::to_string(course); }

// The entity is a student; `add(course)` enrols it.
struct Student {
  static constexpr std::string_view kCategory = "student";
  using Command = counter::CounterCommand;
  using Event = counter::CounterEvent;
  using State = counter::CounterState;

  static Result<Decision<Event>> decide(const State&, const Command& command,
                                        const DecideContext& context) {
    const std::int64_t course = command.add().by();
    std::set<std::string> enrolled;
    const TagQuery query{
        {{.tags = {course == kBad ? "" : course_tag(course)}, .types = {"Added"}}}};
    const auto read = context.tagged<Event>(query, [&](const Event& event, const EventMeta& meta) {
      if (event.added().by() == course) enrolled.insert(meta.stream.id);
    });
    if (course != kBad) MT_CHECK_OK(read);
    if (std::ssize(enrolled) >= kSeats) return failed_precondition("the course is full");
    Event event;
    event.mutable_added()->set_by(course);
    counter::CounterReply reply;
    reply.set_total(std::ssize(enrolled) + 1);
    return accept(std::move(event), std::move(reply));
  }
  static void evolve(State& state, const Event& event) {
    state.set_total(state.total() + event.added().by());
  }
  static std::vector<std::string> tags(const Event& event, const std::string& id) {
    return {course_tag(event.added().by()), "student:" + id};
  }
};

HostNode::Settings students() {
  HostNode::Settings settings;
  settings.type = &entity_type<Student>();
  return settings;
}

StoredEvent enrolled(std::int64_t course, std::string type = "Added", std::uint32_t schema = 2) {
  counter::Added added;
  added.set_by(course);
  return {std::move(type), schema, added.SerializeAsString(), {course_tag(course)}};
}

// Past the hosts.
void append(HostNode& node, const std::string& student, std::vector<StoredEvent> events) {
  Commit commit{{"student", student}, {}, std::move(events), {}, {}};
  commit.command.id = {random_uuid()};
  std::promise<Result<Appended>> done;
  node.writer.append(HostNode::module(), std::move(commit),
                     [&](Result<Appended> appended) { done.set_value(std::move(appended)); });
  ASSERT_TRUE(done.get_future().get().has_value());
}

TEST(TaggedDecisions, AreTestedWithoutALog) {
  Student::Event event;
  event.mutable_added()->set_by(7);
  auto course = given<Student>();
  for (int i = 1; i < kSeats; ++i) {
    course.elsewhere(event, {"course:7"}, {"student", std::to_string(i)});
  }
  EXPECT_EQ(course.when(add(7)).reply<counter::CounterReply>().total(), kSeats);
  course.elsewhere(event, {"course:7"}, {"student", "last"});
  EXPECT_EQ(course.when(add(7)).refusal(), Code::kFailedPrecondition);
  EXPECT_EQ(course.when(add(8)).refusal(), Code::kOk);
}

TEST(TaggedDecisions, KeepALimitExactWhenManyAskAtOnce) {
  HostStorage storage;
  for (int restart = 0; restart < 2; ++restart) {
    HostNode node(storage, students());
    std::vector<std::future<Result<Reply>>> answers;
    for (int i = 0; i < 100; ++i) {
      const std::string id = std::to_string(restart) + "-" + std::to_string(i);
      answers.push_back(node.send({.id = id, .command = add(i % 2)}));
    }
    std::map<Code, int> codes;
    for (auto& answer : answers) ++codes[code_of(HostNode::wait(std::move(answer)))];
    EXPECT_EQ(codes[Code::kOk], restart == 0 ? 2 * kSeats : 0);
    EXPECT_EQ(codes[Code::kOk] + codes[Code::kFailedPrecondition], 100);
  }
}

TEST(TaggedDecisions, AreMadeAgainWhenAnEventCameBetween) {
  HostStorage storage;
  HostNode node(storage, students());
  storage.kv.gate.close();
  append(node, "rival", {enrolled(1)});
  storage.kv.gate.wait_for_writer();
  auto answer = node.send({.id = "a", .command = add(1)});
  storage.kv.gate.open();
  EXPECT_EQ(counted(HostNode::wait(std::move(answer))).total(), 2);
  EXPECT_EQ(node.records("a").front().commit.events.front().tags,
            (std::vector<std::string>{"course:1", "student:a"}));
}

TEST(TaggedDecisions, AreAbortedAfterSoManyAttempts) {
  HostStorage storage;
  HostNode::Settings settings = students();
  settings.hosts.attempts_by_tags = 1;
  HostNode node(storage, settings);
  (void)node.ask({.id = "a", .command = add(2)});  // is in memory from now on
  storage.kv.gate.close();
  append(node, "rival", {enrolled(1)});
  storage.kv.gate.wait_for_writer();
  auto late = node.send({.id = "a", .command = add(1)});
  // The answer goes out when the tables hold what it rests on: nothing.
  const Result<Reply> refused = HostNode::wait(std::move(late));
  storage.kv.gate.open();
  EXPECT_EQ(code_of(refused), Code::kAborted);
  EXPECT_THAT(refused.error().message, HasSubstr("decided 1 time, and others were faster"));
  EXPECT_THAT(refused.error().message, HasSubstr("tagged course:1, came after position"));
}

TEST(TaggedDecisions, AreNotMadeOnAReadingThatFailed) {
  HostStorage storage;
  HostNode node(storage, students());
  const auto refused = node.ask({.id = "a", .command = add(kBad)});
  EXPECT_EQ(code_of(refused), Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("item 1 of the tag query"));
  EXPECT_TRUE(node.records("a").empty());
  EXPECT_EQ(counted(node.ask({.id = "a", .command = add(1)})).total(), 1);
}

TEST(TaggedDecisions, ReadNoMoreThanOneMay) {
  HostStorage storage;
  HostNode node(storage, students());
  append(node, "crowd", std::vector<StoredEvent>(10'000, enrolled(1)));
  EXPECT_EQ(counted(node.ask({.id = "a", .command = add(1)})).total(), 2);
  const auto refused = node.ask({.id = "b", .command = add(1)});
  EXPECT_EQ(code_of(refused), Code::kFailedPrecondition);
  EXPECT_THAT(refused.error().message, HasSubstr("reads more than 10000 events"));
}

TEST(TaggedDecisions, ReadEventsOfOlderSchemasByTheirNamesOfToday) {
  Upcasters upcasters;
  ASSERT_TRUE(upcasters.add({"Raised", 1}, {"Added", 2}, [](StoredEvent event) {
    event.type = "Added";
    event.schema = 2;
    return Result<StoredEvent>(std::move(event));
  }));
  HostStorage storage;
  HostNode::Settings settings = students();
  settings.upcasters = &upcasters;
  HostNode node(storage, settings);
  append(node, "old", {enrolled(1, "Raised", 1)});
  append(node, "other", {enrolled(1, "Renamed", 1)});
  EXPECT_EQ(counted(node.ask({.id = "a", .command = add(1)})).total(), 2);
}

}  // namespace
}  // namespace mt::test
