// How many entities hosts keep in memory, and for how long.
#include <gtest/gtest.h>

#include <string>

#include "tests/fixture/host_node.h"

namespace mt::test {
namespace {

HostNode::Settings in_memory(std::size_t entities) {
  HostNode::Settings settings;
  settings.hosts.in_memory = entities;
  return settings;
}

// How many events a command made entities fold: none when it met its entity in memory.
std::uint64_t folded_by(HostNode& node, const std::string& id) {
  const std::uint64_t before = counter_calls().evolved;
  EXPECT_TRUE(node.ask({.id = id, .command = look()}).has_value());
  return counter_calls().evolved - before;
}

TEST(HostMemory, LetsIdleEntitiesGo) {
  HostStorage storage;
  HostNode::Settings settings;
  settings.hosts.idle = std::chrono::seconds(1);
  HostNode node(storage, settings);
  (void)node.ask({.command = add(1)});
  EXPECT_EQ(node.hosts.in_memory(), 1u);

  EXPECT_TRUE(comes_true([&] { return node.hosts.in_memory() == 0; }));

  EXPECT_EQ(counted(node.ask({.command = add(1)})).total(), 2);
}

TEST(HostMemory, KeepsNoneWhenNoneMayBeIdle) {
  HostStorage storage;
  HostNode::Settings settings;
  settings.hosts.idle = std::chrono::seconds(0);
  HostNode node(storage, settings);
  (void)node.ask({.command = add(1)});
  EXPECT_TRUE(comes_true([&] { return node.hosts.in_memory() == 0; }));
  EXPECT_EQ(counted(node.ask({.command = add(1)})).total(), 2);
}

TEST(HostMemory, IsBounded) {
  HostStorage storage;
  HostNode node(storage, in_memory(3));
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(node.ask({.id = std::to_string(i), .command = add(i)}).has_value());
    EXPECT_LE(node.hosts.in_memory(), 3u);
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(counted(node.ask({.id = std::to_string(i), .command = look()})).total(), i);
  }
}

TEST(HostMemory, LetsTheLeastLatelyUsedGoFirst) {
  HostStorage storage;
  HostNode node(storage, in_memory(2));
  // A command has left its host's hands a moment after its answer.
  const auto settled = [&](const std::string& id) {
    EXPECT_TRUE(node.ask({.id = id, .command = add(1)}).has_value());
  };
  settled("a");
  settled("b");
  settled("a");
  settled("c");

  EXPECT_EQ(folded_by(node, "a"), 0u);
  EXPECT_EQ(folded_by(node, "b"), 1u);
}

TEST(HostMemory, NeverLetsABusyEntityGo) {
  HostStorage storage;
  HostNode node(storage, in_memory(2));
  storage.log.gate.close();
  std::vector<std::future<Result<Reply>>> answers;
  for (int i = 0; i < 5; ++i) {
    answers.push_back(node.send({.id = std::to_string(i), .command = add(1)}));
  }
  EXPECT_EQ(node.hosts.in_memory(), 5u);
  storage.log.gate.open();
  for (auto& answer : answers) EXPECT_EQ(counted(HostNode::wait(std::move(answer))).total(), 1);
  EXPECT_TRUE(comes_true([&] { return node.hosts.in_memory() <= 2; }));
}

}  // namespace
}  // namespace mt::test
