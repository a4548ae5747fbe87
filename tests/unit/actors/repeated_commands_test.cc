// A command that comes again under its id has its effect once and is answered as the first time.
#include <gtest/gtest.h>

#include "tests/fixture/host_node.h"

namespace mt::test {
namespace {

void expect_repeated(const Result<Reply>& reply, std::int64_t total, Position position) {
  ASSERT_TRUE(reply.has_value()) << reply.error().message;
  EXPECT_TRUE(reply->repeated);
  EXPECT_EQ(reply->message, nullptr);
  counter::CounterReply stored;
  ASSERT_TRUE(stored.ParseFromString(reply->bytes));
  EXPECT_EQ(stored.total(), total);
  EXPECT_EQ(reply->module, HostNode::module());
  EXPECT_EQ(reply->position, position);
}

TEST(RepeatedCommands, AreAnsweredByTheStoredReply) {
  HostStorage storage;
  HostNode node(storage);
  EXPECT_FALSE(node.ask({.command = add(5), .key = "k"})->repeated);
  (void)node.ask({.command = add(100)});
  const std::uint64_t decided = counter_calls().decided;

  expect_repeated(node.ask({.command = add(5), .key = "k"}), 5, {1});

  EXPECT_EQ(counter_calls().decided, decided);
  EXPECT_EQ(node.records("1").size(), 2u);
}

TEST(RepeatedCommands, AreKnownAfterARestart) {
  HostStorage storage;
  {
    HostNode node(storage);
    (void)node.ask({.command = add(5), .key = "k"});
  }
  HostNode node(storage);
  expect_repeated(node.ask({.command = add(5), .key = "k"}), 5, {1});
  EXPECT_EQ(node.records("1").size(), 1u);
}

TEST(RepeatedCommands, WaitForTheFirstOneInFlight) {
  HostStorage storage;
  HostNode node(storage);
  const std::uint64_t decided = counter_calls().decided;
  storage.log.gate.close();
  auto first = node.send({.command = add(5), .key = "k"});
  storage.log.gate.wait_for_writer();
  auto second = node.send({.command = add(5), .key = "k"});
  storage.log.gate.open();

  EXPECT_FALSE(HostNode::wait(std::move(first))->repeated);
  expect_repeated(HostNode::wait(std::move(second)), 5, {1});
  EXPECT_EQ(counter_calls().decided, decided + 1);
}

TEST(RepeatedCommands, AreKnownBeforeTheTablesHoldTheFirstOne) {
  HostStorage storage;
  HostNode node(storage);
  const std::uint64_t decided = counter_calls().decided;
  storage.kv.gate.close();
  auto first = node.send({.command = add(5), .key = "k"});
  storage.kv.gate.wait_for_writer();
  auto again = node.send({.command = add(5), .key = "k"});
  auto other = node.send({.command = add(6), .key = "k"});
  // One more command of the entity is decided behind them, so they have been looked at by then.
  auto last = node.send({.command = look()});
  ASSERT_TRUE(comes_true([&] { return counter_calls().decided == decided + 2; }));
  storage.kv.gate.open();

  EXPECT_FALSE(HostNode::wait(std::move(first))->repeated);
  expect_repeated(HostNode::wait(std::move(again)), 5, {1});
  EXPECT_EQ(code_of(HostNode::wait(std::move(other))), Code::kAlreadyExists);
  EXPECT_EQ(counted(HostNode::wait(std::move(last))).total(), 5);
}

TEST(RepeatedCommands, OfAnotherRequestAreRefused) {
  HostStorage storage;
  HostNode node(storage);
  (void)node.ask({.command = add(5), .key = "k"});

  const Result<Reply> other = node.ask({.command = add(6), .key = "k"});

  EXPECT_EQ(code_of(other), Code::kAlreadyExists);
  EXPECT_NE(other.error().message.find("'k'"), std::string::npos);
  EXPECT_EQ(node.records("1").size(), 1u);
}

TEST(RepeatedCommands, OfAnotherEntityAreRefusedAtOnceAndWhileTheFirstIsInFlight) {
  HostStorage storage;
  HostNode node(storage);
  storage.kv.gate.close();
  auto first = node.send({.id = "1", .command = add(5), .key = "k"});
  storage.kv.gate.wait_for_writer();
  // The derived state does not know the id yet; the writer does.
  EXPECT_EQ(code_of(node.ask({.id = "2", .command = add(5), .key = "k"})), Code::kAlreadyExists);
  storage.kv.gate.open();
  EXPECT_EQ(code_of(HostNode::wait(std::move(first))), Code::kOk);

  EXPECT_EQ(code_of(node.ask({.id = "2", .command = add(5), .key = "k"})), Code::kAlreadyExists);

  // What the entity followed of the refused decision is forgotten.
  EXPECT_EQ(counted(node.ask({.id = "2", .command = look()})).total(), 0);
}

TEST(RepeatedCommands, AreAnsweredWhateverTheEntitySaysByNow) {
  HostStorage storage;
  HostNode node(storage);
  (void)node.ask({.id = "1", .command = rename_to("one"), .key = "k"});
  (void)node.ask({.id = "1", .command = rename_to("uno")});
  (void)node.ask({.id = "2", .command = rename_to("one")});

  const Result<Reply> again = node.ask({.id = "1", .command = rename_to("one"), .key = "k"});

  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(counted(again).name(), "one");
  EXPECT_EQ(counted(node.ask({.id = "1", .command = look()})).name(), "uno");
}

TEST(RepeatedCommands, WithoutAKeyAreNewCommands) {
  HostStorage storage;
  HostNode node(storage);
  (void)node.ask({.command = add(5)});
  EXPECT_EQ(counted(node.ask({.command = add(5)})).total(), 10);
}

TEST(RepeatedCommands, ThatWroteNothingAreDecidedAgain) {
  HostStorage storage;
  HostNode node(storage);
  EXPECT_EQ(counted(node.ask({.command = look(), .key = "k"})).total(), 0);
  (void)node.ask({.command = add(1)});
  const Result<Reply> again = node.ask({.command = look(), .key = "k"});
  EXPECT_FALSE(again->repeated);
  EXPECT_EQ(counted(again).total(), 1);
}

}  // namespace
}  // namespace mt::test
