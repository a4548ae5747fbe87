// What the hosts of entities promise their callers.
#include "actors/entity_hosts.h"

#include <gtest/gtest.h>

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
  ASSERT_EQ(node.records("1").size(), 1u);
  EXPECT_EQ(node.records("1")[0].commit.origin.correlation, "correlation-1");
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

}  // namespace
}  // namespace mt::test
