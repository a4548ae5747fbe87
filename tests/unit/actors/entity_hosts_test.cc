// What the hosts of entities promise their callers: one command, from its way in to its answer.
#include "actors/entity_hosts.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/fixture/host_node.h"

namespace mt::test {
namespace {

TEST(EntityHosts, DecideAppendAndAnswerOnceTheTablesHoldTheCommit) {
  HostStorage storage;
  HostNode node(storage);

  const Result<Reply> reply = node.ask({.command = add(5)});

  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_EQ(counted(reply).total(), 5);
  EXPECT_EQ(reply->module, HostNode::module());
  EXPECT_EQ(reply->position, Position{1});
  EXPECT_FALSE(reply->repeated);
  EXPECT_EQ(node.tables.applied(HostNode::module()), Position{1});
}

TEST(EntityHosts, WriteWhoAskedAndWhy) {
  HostStorage storage;
  HostNode node(storage);
  (void)node.ask({.command = add(5), .key = "key-1"});

  const auto records = node.records("1");

  ASSERT_EQ(records.size(), 1u);
  const Commit& commit = records[0].commit;
  EXPECT_EQ(commit.stream, (StreamId{"counter", "1"}));
  EXPECT_EQ(commit.origin, (Origin{"operator", "", "correlation-1", ""}));
  EXPECT_EQ(commit.command.id, CommandId{"key-1"});
  EXPECT_EQ(commit.command.reply_type, "mt.tests.counter.CounterReply");
  ASSERT_EQ(commit.events.size(), 1u);
  EXPECT_EQ(commit.events[0].type, "Added");
  EXPECT_EQ(commit.events[0].schema, 2u);
}

TEST(EntityHosts, KeepAnEntitysStateBetweenCommands) {
  HostStorage storage;
  HostNode node(storage);
  for (int i = 1; i <= 10; ++i) {
    const Result<Reply> reply = node.ask({.command = add(1)});
    EXPECT_EQ(counted(reply).total(), i);
    EXPECT_EQ(counted(reply).version(), std::uint64_t(i - 1));
  }
  EXPECT_EQ(node.hosts.in_memory(), 1u);
}

TEST(EntityHosts, KeepEntitiesApart) {
  HostStorage storage;
  HostNode node(storage);
  (void)node.ask({.id = "a", .command = add(1)});
  (void)node.ask({.id = "b", .command = add(2)});

  EXPECT_EQ(counted(node.ask({.id = "a", .command = look()})).total(), 1);
  EXPECT_EQ(counted(node.ask({.id = "b", .command = look()})).total(), 2);
}

TEST(EntityHosts, PassOnARefusalAndWriteNothing) {
  HostStorage storage;
  HostNode node(storage);

  const Result<Reply> reply = node.ask({.command = add(-1)});

  EXPECT_EQ(code_of(reply), Code::kFailedPrecondition);
  EXPECT_EQ(reply.error().message, "a counter only grows");
  EXPECT_EQ(node.records("1").size(), 0u);
}

TEST(EntityHosts, FindNoEntityWhereOneMustExist) {
  HostStorage storage;
  HostNode node(storage);

  const Result<Reply> missing = node.ask({.command = add(1), .must_exist = true});
  EXPECT_EQ(code_of(missing), Code::kNotFound);
  EXPECT_EQ(missing.error().message, "there is no counter/1");

  (void)node.ask({.command = add(1)});
  EXPECT_EQ(counted(node.ask({.command = add(1), .must_exist = true})).total(), 2);
}

TEST(EntityHosts, DecideNothingAfterTheDeadline) {
  HostStorage storage;
  HostNode node(storage);
  const std::uint64_t decided = counter_calls().decided;

  const Result<Reply> reply = node.ask({.command = add(1), .time_left = std::chrono::seconds(-1)});

  EXPECT_EQ(code_of(reply), Code::kDeadlineExceeded);
  EXPECT_EQ(counter_calls().decided, decided);
}

TEST(EntityHosts, DecideNothingForACommandThatWaitedPastItsDeadline) {
  HostStorage storage;
  HostNode node(storage);
  storage.log.gate.close();
  auto first = node.send({.command = add(1)});
  storage.log.gate.wait_for_writer();
  auto second = node.send({.command = add(1), .time_left = std::chrono::milliseconds(1)});
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(1);
  ASSERT_TRUE(comes_true([&] { return std::chrono::steady_clock::now() > deadline; }));
  storage.log.gate.open();

  EXPECT_EQ(code_of(HostNode::wait(std::move(first))), Code::kOk);
  EXPECT_EQ(code_of(HostNode::wait(std::move(second))), Code::kDeadlineExceeded);
}

TEST(EntityHosts, AnswerAtOnceWhenNothingChanges) {
  HostStorage storage;
  HostNode node(storage);
  storage.kv.gate.close();
  auto waiting = node.send({.id = "a", .command = add(1)});
  storage.kv.gate.wait_for_writer();

  // Tables that are behind are no concern of an entity that has written nothing.
  const Result<Reply> reply = node.ask({.id = "b", .command = look()});

  EXPECT_EQ(counted(reply).total(), 0);
  EXPECT_EQ(reply->position, Position{0});
  storage.kv.gate.open();
  EXPECT_EQ(code_of(HostNode::wait(std::move(waiting))), Code::kOk);
}

// The position that the tables held at the moment of an answer.
std::future<Position> applied_at_answer(HostNode& node, const Ask& ask) {
  auto applied = std::make_shared<std::promise<Position>>();
  auto result = applied->get_future();
  node.hosts.deliver(node.command_of(ask, [applied, &node](const Result<Reply>&) {
    applied->set_value(node.tables.applied(HostNode::module()));
  }));
  return result;
}

TEST(EntityHosts, AnswerNothingThatRestsOnACommitWhichTheTablesLack) {
  HostStorage storage;
  HostNode node(storage);
  storage.kv.gate.close();
  const std::uint64_t decided = counter_calls().decided;
  auto written = applied_at_answer(node, {.command = add(1)});
  auto seen = applied_at_answer(node, {.command = look()});
  auto refused = applied_at_answer(node, {.command = add(-1)});
  ASSERT_TRUE(comes_true([&] { return counter_calls().decided == decided + 3; }));
  storage.kv.gate.open();

  EXPECT_EQ(written.get(), Position{1});
  EXPECT_EQ(seen.get(), Position{1});
  EXPECT_EQ(refused.get(), Position{1});
}

TEST(EntityHosts, DecideTheNextCommandWhileTheTablesFollow) {
  HostStorage storage;
  HostNode node(storage);
  storage.kv.gate.close();
  std::vector<std::future<Result<Reply>>> answers;
  for (int i = 0; i < 5; ++i) answers.push_back(node.send({.command = add(1)}));
  ASSERT_TRUE(comes_true([&] { return storage.log.head(HostNode::module()) == Position{5}; }));
  storage.kv.gate.open();

  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(counted(HostNode::wait(std::move(answers[i]))).total(), i + 1);
}

TEST(EntityHosts, SayThatACommandIsKeptWhenTheTablesStopBeforeTheyHoldIt) {
  HostStorage storage;
  HostNode node(storage);
  storage.kv.gate.close();
  auto answer = node.send({.command = add(1)});
  storage.kv.gate.wait_for_writer();
  storage.kv.fail_with(unavailable("the disk is full"));
  storage.kv.gate.open();

  const Result<Reply> reply = HostNode::wait(std::move(answer));

  EXPECT_EQ(code_of(reply), Code::kUnavailable);
  EXPECT_NE(reply.error().message.find("is kept, at position 1"), std::string::npos);
  // An entity of which the tables know too little is not loaded.
  EXPECT_EQ(code_of(node.ask({.id = "2", .command = look()})), Code::kUnavailable);
}

TEST(EntityHosts, AnswerUnavailableOnceTheyStop) {
  HostStorage storage;
  HostNode node(storage);
  node.hosts.stop();
  EXPECT_EQ(code_of(node.ask({.command = add(1)})), Code::kUnavailable);
  EXPECT_EQ(node.records("1").size(), 0u);
}

TEST(EntityHosts, StopAfterTheAnswersOfTheCommandsInFlight) {
  HostStorage storage;
  HostNode node(storage);
  storage.log.gate.close();
  std::vector<std::future<Result<Reply>>> answers;
  for (int i = 0; i < 3; ++i) answers.push_back(node.send({.command = add(1)}));
  storage.log.gate.wait_for_writer();
  auto stopped = std::async(std::launch::async, [&] { node.hosts.stop(); });
  ASSERT_TRUE(comes_true(
      [&] { return code_of(node.ask({.id = "2", .command = look()})) == Code::kUnavailable; }));
  EXPECT_EQ(stopped.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  storage.log.gate.open();

  stopped.get();

  for (auto& answer : answers) {
    ASSERT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::ready);
    EXPECT_EQ(code_of(answer.get()), Code::kOk);
  }
  EXPECT_EQ(node.hosts.in_memory(), 0u);
}

}  // namespace
}  // namespace mt::test
