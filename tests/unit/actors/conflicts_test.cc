// What a host does when the writer refuses its commit: the entity never keeps a state that did not
// become a fact.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "tests/fixture/host_node.h"

namespace mt::test {
namespace {

// Adds to the counter past its host.
void add_behind_its_back(HostNode& node, Version expected, std::int64_t by) {
  counter::CounterEvent event;
  event.mutable_added()->set_by(by);
  Commit commit{{"counter", "1"}, expected, {encode_event(event)}, {}, {}};
  commit.command.id = {random_uuid()};
  std::promise<Result<Appended>> done;
  node.writer.append(HostNode::module(), std::move(commit),
                     [&](Result<Appended> appended) { done.set_value(std::move(appended)); });
  ASSERT_TRUE(done.get_future().get().has_value());
}

HostNode::Settings attempts(std::uint32_t attempts) {
  HostNode::Settings settings;
  settings.hosts.attempts = attempts;
  return settings;
}

TEST(Conflicts, LoadAgainAndDecideAgain) {
  HostStorage storage;
  HostNode node(storage);
  (void)node.ask({.command = add(1)});
  add_behind_its_back(node, {1}, 10);
  const std::uint64_t decided = counter_calls().decided;

  const Result<Reply> reply = node.ask({.command = add(100)});

  EXPECT_EQ(counted(reply).total(), 111);
  EXPECT_EQ(counted(reply).version(), 2u);
  EXPECT_EQ(counter_calls().decided, decided + 2);
}

TEST(Conflicts, WaitForTablesThatDoNotKnowTheRivalYet) {
  HostStorage storage;
  HostNode node(storage);
  (void)node.ask({.command = add(1)});
  storage.kv.gate.close();
  add_behind_its_back(node, {1}, 10);
  storage.kv.gate.wait_for_writer();
  const std::uint64_t decided = counter_calls().decided;
  auto answer = node.send({.command = add(100)});
  ASSERT_TRUE(comes_true([&] { return counter_calls().decided == decided + 1; }));
  storage.kv.gate.open();

  EXPECT_EQ(counted(HostNode::wait(std::move(answer))).total(), 111);
  EXPECT_EQ(counter_calls().decided, decided + 2);
}

TEST(Conflicts, AreAbortedAfterSoManyAttempts) {
  HostStorage storage;
  HostNode node(storage, attempts(1));
  (void)node.ask({.command = add(1)});
  add_behind_its_back(node, {1}, 10);

  EXPECT_EQ(code_of(node.ask({.command = add(100)})), Code::kAborted);

  EXPECT_EQ(counted(node.ask({.command = add(100)})).total(), 111);
}

TEST(Conflicts, OverAClaimAreRefusedAndLeaveTheEntityAsItWas) {
  HostStorage storage;
  HostNode node(storage);
  ASSERT_TRUE(node.ask({.id = "1", .command = rename_to("one")}).has_value());
  ASSERT_TRUE(node.ask({.id = "2", .command = rename_to("two")}).has_value());

  EXPECT_EQ(code_of(node.ask({.id = "2", .command = rename_to("one")})), Code::kAlreadyExists);

  EXPECT_EQ(counted(node.ask({.id = "2", .command = look()})).name(), "two");
  // What it gives up is free for others.
  EXPECT_TRUE(node.ask({.id = "1", .command = rename_to("three")}).has_value());
  EXPECT_TRUE(node.ask({.id = "2", .command = rename_to("one")}).has_value());
}

TEST(Conflicts, OverAClaimInTheSameBatchAreRefusedToo) {
  HostStorage storage;
  HostNode node(storage);
  storage.log.gate.close();
  auto first = node.send({.id = "0", .command = add(1)});
  storage.log.gate.wait_for_writer();
  const std::uint64_t decided = counter_calls().decided;
  auto one = node.send({.id = "1", .command = rename_to("one")});
  auto two = node.send({.id = "2", .command = rename_to("one")});
  ASSERT_TRUE(comes_true([&] { return counter_calls().decided == decided + 2; }));
  storage.log.gate.open();

  const Code codes[] = {code_of(HostNode::wait(std::move(one))),
                        code_of(HostNode::wait(std::move(two)))};
  EXPECT_EQ(std::count(std::begin(codes), std::end(codes), Code::kOk), 1);
  EXPECT_EQ(std::count(std::begin(codes), std::end(codes), Code::kAlreadyExists), 1);
  EXPECT_TRUE(HostNode::wait(std::move(first)).has_value());
}

TEST(Conflicts, OverClaimsThatNoEventKeepsAreTheEntitysMistake) {
  HostStorage storage;
  HostNode node(storage);
  counter::CounterCommand squat;
  squat.mutable_squat()->set_name("one");

  EXPECT_EQ(code_of(node.ask({.id = "1", .command = squat})), Code::kInternal);

  EXPECT_TRUE(node.ask({.id = "2", .command = rename_to("one")}).has_value());
}

TEST(Conflicts, WithTheDiskAreUnavailableAndLeaveTheEntityAsItWas) {
  HostStorage storage;
  HostNode node(storage);
  (void)node.ask({.command = add(1)});
  storage.log.gate.close();
  auto answer = node.send({.command = add(10)});
  storage.log.gate.wait_for_writer();
  storage.log.fail_with(unavailable("the disk is full"));
  storage.log.gate.open();

  EXPECT_EQ(code_of(HostNode::wait(std::move(answer))), Code::kUnavailable);

  EXPECT_EQ(counted(node.ask({.command = look()})).total(), 1);
  EXPECT_EQ(code_of(node.ask({.command = add(10)})), Code::kUnavailable);
}

}  // namespace
}  // namespace mt::test
