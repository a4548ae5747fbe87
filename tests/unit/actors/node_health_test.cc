// What a node shows when something of it is broken, and what goes on beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/node.h"
#include "tests/fixture/notes.h"
#include "tests/fixture/test_node.h"

namespace mt::test {
namespace {

using ::testing::HasSubstr;

std::vector<Module> modules() {
  std::vector<Module> modules;
  modules.push_back(notes_module());
  modules.emplace_back("test_other", "1", notes_config());
  return modules;
}

Code write(TestNode& node, std::string id, std::string text) {
  return answer_of(node.call(note_method("WriteNote"), write_note(std::move(id), std::move(text))));
}

TEST(NodeHealth, DegradesAModuleOneOfWhoseTablesLeavesOutAStream) {
  NodeStorage storage;
  TestNode node(storage, modules());
  node.must_start();
  ASSERT_EQ(write(node, "n1", "fine"), Code::kOk);
  ASSERT_EQ(write(node, "n2", "poison"), Code::kOk);

  const ModuleInfo notes = node.module("test_notes");
  EXPECT_EQ(notes.state, ModuleState::kDegraded);
  EXPECT_EQ(notes.reason,
            "table test_notes_notes leaves out 1 stream; see: mtctl parked list test_notes_notes");
  EXPECT_THAT(node.node().control().tables().parked("").value().at(0).event.why,
              HasSubstr("the text is poison"));
  EXPECT_EQ(node.module("test_other").state, ModuleState::kRunning);
  EXPECT_EQ(answer_of(node.call(note_method("GetNote"), get_note("n1"))), Code::kOk);
}

TEST(NodeHealth, FailsTheModuleWhoseLogIsDamagedAndNoOther) {
  NodeStorage storage;
  MemoryKv fresh;
  {
    TestNode node(storage, modules());
    node.must_start();
    ASSERT_EQ(write(node, "n1", "fine"), Code::kOk);
    ASSERT_EQ(write(node, "n2", "bad"), Code::kOk);
  }
  storage.memory_log.bytes_at({"test_notes"}, {2}).back() ^= 1;
  Node node(test_settings(), modules(),
            {storage.log, fresh, storage.clock, storage.secrets, storage.data_sets, *storage.keys});
  ASSERT_TRUE(node.start({}).has_value());

  const auto call = [&](const char* method, const auto& request) {
    using Request = std::decay_t<decltype(request)>;
    return answer_of(node.dispatcher().call_and_wait(TestNode::input_of(note_method(method), {}),
                                                     std::make_shared<const Request>(request)));
  };
  // "There is no such note" would not be true.
  EXPECT_EQ(call("GetNote", get_note("n1")), Code::kUnavailable);
  EXPECT_EQ(call("GetNote", get_note("n2")), Code::kUnavailable);
  EXPECT_EQ(call("WriteNote", write_note("n3", "on sand")), Code::kUnavailable);

  const std::vector<ModuleInfo> infos = node.control().modules();
  ASSERT_EQ(infos.size(), 2u);
  EXPECT_EQ(infos[0].state, ModuleState::kFailed);
  EXPECT_THAT(infos[0].reason, HasSubstr("position 2 of test_notes's log is damaged"));
  EXPECT_EQ(infos[1].state, ModuleState::kRunning) << infos[1].reason;

  const auto verified = node.control().tables().verify("test_notes_notes", {});
  ASSERT_FALSE(verified) << "equal as far as it came would say nothing of the rest";
  EXPECT_EQ(verified.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(verified.error().message, HasSubstr("position 2 of test_notes's log is damaged"));
}

TEST(NodeHealth, DegradesItsModulesWhenTheLogTakesNoMore) {
  NodeStorage storage;
  TestNode node(storage, modules());
  node.must_start();
  ASSERT_EQ(write(node, "n1", "fine"), Code::kOk);
  storage.log.fail_with(unavailable("no space left on device"));
  EXPECT_EQ(write(node, "n2", "lost"), Code::kUnavailable);

  for (const char* name : {"test_notes", "test_other"}) {
    const ModuleInfo module = node.module(name);
    EXPECT_EQ(module.state, ModuleState::kDegraded);
    EXPECT_THAT(module.reason, HasSubstr("no space left on device"));
  }
  EXPECT_EQ(answer_of(node.call(note_method("GetNote"), get_note("n1"))), Code::kOk);
  EXPECT_EQ(answer_of(node.call(note_method("GetNote"), get_note("n2"))), Code::kNotFound);
}

}  // namespace
}  // namespace mt::test
