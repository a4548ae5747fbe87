// What entity hosts do once the tables thread has stopped, here on a disk that is full for tables.
#include <gtest/gtest.h>

#include <utility>

#include "tests/fixture/host_node.h"

namespace mt::test {
namespace {

// Stops the tables below a command that is written already; returns its answer.
Result<Reply> stop_tables_at(const Ask& ask, HostStorage& storage, HostNode& node) {
  storage.kv.gate.close();
  auto answer = node.send(ask);
  storage.kv.gate.wait_for_writer();
  storage.kv.fail_with({Code::kResourceExhausted, "the disk is full"});
  storage.kv.gate.open();
  return HostNode::wait(std::move(answer));
}

TEST(StoppedTables, AnAnswerSaysThatWhatWasWrittenIsKept) {
  HostStorage storage;
  HostNode node(storage);
  const auto answer = stop_tables_at({.command = add(1)}, storage, node);
  ASSERT_EQ(code_of(answer), Code::kUnavailable);
  EXPECT_NE(answer.error().message.find("is kept, at position 1"), std::string::npos);
  EXPECT_NE(answer.error().message.find("the disk is full"), std::string::npos);
}

// A host that held its entity in memory once went on: each command was written, and answered as if
// it should be tried again.
TEST(StoppedTables, NothingMoreIsWritten) {
  HostStorage storage;
  HostNode node(storage);
  ASSERT_TRUE(node.ask({.command = add(1)}));
  (void)stop_tables_at({.command = add(1)}, storage, node);
  ASSERT_EQ(storage.log.head(HostNode::module()), Position{2});

  for (const char* id : {"1", "another"}) {
    EXPECT_EQ(code_of(node.ask({.id = id, .command = add(1)})), Code::kUnavailable);
  }
  EXPECT_EQ(storage.log.head(HostNode::module()), Position{2});
}

}  // namespace
}  // namespace mt::test
