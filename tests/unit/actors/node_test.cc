// What a running node does with calls: from the dispatcher to entity, log and table, and back.
#include "actors/node.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/fixture/notes.h"
#include "tests/fixture/test_node.h"

namespace mt::test {
namespace {

using ::testing::HasSubstr;

constexpr const char* kModule = "test_notes";

// With a service whose entity answers with the wrong message, beside the whole one.
Module module_with_a_bug() {
  Module module = notes_module();
  module.serve("mt.tests.notes.MuddleService",
               [](Api& api, const Deps&) { return api.entity<Note>(); });
  return module;
}

std::vector<Module> modules() {
  std::vector<Module> modules;
  modules.push_back(module_with_a_bug());
  modules.emplace_back("test_other", "1", notes_config());
  return modules;
}

class NodeTest : public testing::Test {
 protected:
  NodeTest() { node_.must_start(); }

  Result<Reply> write(std::string id, std::string text, CallAs as = {}) {
    return node_.call(note_method("WriteNote"), write_note(std::move(id), std::move(text)),
                      std::move(as));
  }
  Result<Reply> edit(std::string id, std::string text, CallAs as = {}) {
    return node_.call(note_method("EditNote"), edit_note(std::move(id), std::move(text)),
                      std::move(as));
  }
  Result<Reply> get(std::string id) {
    return node_.call(note_method("GetNote"), get_note(std::move(id)));
  }
  Position head() { return storage_.log.head({kModule}); }

  NodeStorage storage_;
  TestNode node_{storage_, modules()};
};

// ---- commands ----

TEST_F(NodeTest, MakesTheIdOfANewEntityFromTheCommandId) {
  const auto reply = write("", "x", {.key = "key-1"});
  EXPECT_EQ(message_of<notes::NoteReply>(reply).note_id(), entity_id_from({"key-1"}));
  EXPECT_EQ(reply->command, CommandId{"key-1"});
  EXPECT_EQ(reply->module, ModuleName{kModule});
  EXPECT_EQ(reply->position, Position{1});
  EXPECT_FALSE(reply->repeated);
}

TEST_F(NodeTest, MakesAnotherIdForEachCommandWithoutAKey) {
  const auto one = message_of<notes::NoteReply>(write("", "x"));
  const auto other = message_of<notes::NoteReply>(write("", "x"));
  EXPECT_NE(one.note_id(), other.note_id());
}

TEST_F(NodeTest, TakesTheIdThatTheRequestNames) {
  EXPECT_EQ(message_of<notes::NoteReply>(write("n1", "x")).note_id(), "n1");
  EXPECT_EQ(answer_of(write("n1", "x")), Code::kAlreadyExists);
}

TEST_F(NodeTest, AnswersARepeatedKeyedCommandFromTheLog) {
  const auto first = write("", "x", {.key = "key-1"});
  const auto again = write("", "x", {.key = "key-1"});
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(again->position, first->position);
  EXPECT_EQ(message_of<notes::NoteReply>(again).note_id(),
            message_of<notes::NoteReply>(first).note_id());
  EXPECT_EQ(head(), Position{1});
}

TEST_F(NodeTest, RefusesAKeyThatCameWithAnotherRequest) {
  ASSERT_EQ(answer_of(write("", "x", {.key = "key-1"})), Code::kOk);
  EXPECT_EQ(answer_of(write("", "y", {.key = "key-1"})), Code::kAlreadyExists);
  EXPECT_EQ(head(), Position{1});
}

TEST_F(NodeTest, KnowsNoEntityThatNobodyCreated) {
  EXPECT_EQ(answer_of(edit("nobody", "x")), Code::kNotFound);
  EXPECT_EQ(head(), Position{0});
}

TEST_F(NodeTest, RefusesACommandThatNamesNoEntityAndMakesNone) {
  const auto reply = edit("", "x");
  EXPECT_EQ(answer_of(reply), Code::kInvalidArgument);
  ASSERT_EQ(reply.error().violations.size(), 1u);
  EXPECT_EQ(reply.error().violations[0].field, "note_id");
}

// A zero byte divides the parts of keys: it would name an entity inside another's stream.
TEST_F(NodeTest, RefusesIdsThatCannotBePartOfAKey) {
  for (const std::string& id : {std::string("a\0b", 3), std::string("a\nb"),
                                std::string("caf\xc3\xa9"), std::string(129, 'a')}) {
    const auto reply = write(id, "x");
    EXPECT_EQ(answer_of(reply), Code::kInvalidArgument);
    EXPECT_EQ(reply.error().violations.at(0).field, "note_id");
  }
  EXPECT_EQ(answer_of(write(std::string(128, 'a'), "x")), Code::kOk);
}

TEST_F(NodeTest, RefusesToPassOnAReplyOfAnotherType) {
  ASSERT_EQ(answer_of(write("n1", "x")), Code::kOk);
  notes::MuddleNoteRequest request;
  request.set_note_id("n1");
  const auto reply = node_.call("mt.tests.notes.MuddleService/MuddleNote", request);
  EXPECT_EQ(answer_of(reply), Code::kInternal);
  EXPECT_THAT(reply.error().message, HasSubstr("mt.tests.notes.NoteRow instead of"));
}

// ---- queries, tasks and watches ----

TEST_F(NodeTest, LetsAQueryReadTheWriteThatWasAnswered) {
  for (int i = 0; i < 200; ++i) {
    const std::string id = "n" + std::to_string(i);
    ASSERT_EQ(answer_of(write(id, "text of " + id)), Code::kOk);
    EXPECT_EQ(message_of<notes::NoteRow>(get(id)).text(), "text of " + id);
  }
}

TEST_F(NodeTest, AnswersAQueryWithTheFaultThatItsReadsMet) {
  ASSERT_EQ(answer_of(write("n1", "x")), Code::kOk);
  storage_.kv.set_fault(data_loss("page 7 is damaged"));
  const auto reply = get("n1");
  EXPECT_EQ(answer_of(reply), Code::kDataLoss) << "a row that was not read is not a missing one";
  EXPECT_EQ(reply.error().message, "page 7 is damaged");
  storage_.kv.set_fault({});
  EXPECT_EQ(answer_of(get("n1")), Code::kOk);
}

// An answer may take its time with a slow caller; a view that stays open pins pages meanwhile.
TEST_F(NodeTest, LetsTheViewOfAQueryGoBeforeItsAnswerLeaves) {
  ASSERT_EQ(answer_of(write("n1", "x")), Code::kOk);
  int answers = 0;
  node_.dispatcher().call(TestNode::input_of(note_method("GetNote"), {}),
                          get_note("n1").SerializeAsString(), [&](const Result<Reply>& reply) {
                            EXPECT_TRUE(reply.has_value());
                            EXPECT_EQ(storage_.kv.open_reads(), 0);
                            ++answers;
                          });
  EXPECT_EQ(answers, 1) << "a query is answered where it was called";
}

TEST_F(NodeTest, RunsTasksThatSendCommands) {
  ASSERT_EQ(answer_of(write("n1", "x")), Code::kOk);
  notes::CopyNoteRequest request;
  request.set_from("n1");
  request.set_to("n2");
  const auto reply = node_.call(note_method("CopyNote"), request, {.key = "copy"});
  EXPECT_EQ(message_of<notes::NoteReply>(reply).note_id(), "n2");
  EXPECT_EQ(reply->position, Position{2});
  EXPECT_EQ(message_of<notes::NoteRow>(get("n2")).text(), "x");
  EXPECT_TRUE(node_.call(note_method("CopyNote"), request, {.key = "copy"})->repeated);
}

TEST_F(NodeTest, StreamsAWatchUntilItsHandlerReturns) {
  ASSERT_EQ(answer_of(write("n1", "x")), Code::kOk);
  ASSERT_EQ(answer_of(write("n2", "y")), Code::kOk);
  const auto stream = node_.watch(note_method("FollowNotes"), notes::FollowNotesRequest());
  EXPECT_TRUE(stream->wait().has_value());
  ASSERT_EQ(stream->received().size(), 2u);
  notes::NoteRow last;
  ASSERT_TRUE(last.ParseFromString(stream->received()[1]));
  EXPECT_EQ(last.note_id(), "n2");
}

// ---- the bus ----

TEST_F(NodeTest, TellsTheBusWhichLogHasGrown) {
  std::promise<std::string> heard;
  std::atomic<int> of_other = 0;
  auto all = node_.control().bus().subscribe("mt.grown.*", [&](const BusMessage& message) {
    if (message.subject == "mt.grown.test_other") ++of_other;
    if (message.subject == "mt.grown.test_notes" && message.body.empty())
      heard.set_value(message.subject);
  });
  ASSERT_TRUE(all.has_value());
  ASSERT_EQ(answer_of(write("n1", "x")), Code::kOk);
  auto hint = heard.get_future();
  ASSERT_EQ(hint.wait_for(std::chrono::seconds(60)), std::future_status::ready);
  EXPECT_EQ(of_other, 0);
  all->reset();
}

// ---- what the node shows ----

TEST_F(NodeTest, ShowsItselfAndItsModules) {
  node_.node().set_listening({"127.0.0.1:1"});
  const NodeInfo info = node_.control().node();
  EXPECT_EQ(info.name, "here");
  EXPECT_EQ(info.container, "test");
  EXPECT_EQ(info.version, "9");
  EXPECT_EQ(info.started, storage_.clock.now());
  EXPECT_EQ(info.listening, std::vector<std::string>{"127.0.0.1:1"});
  EXPECT_EQ(info.entities_in_memory, 0u);
  ASSERT_EQ(answer_of(write("n1", "x")), Code::kOk);
  EXPECT_EQ(node_.control().node().entities_in_memory, 1u);

  const ModuleInfo module = node_.module(kModule);
  EXPECT_EQ(module.version, "1.2.3");
  EXPECT_EQ(module.state, ModuleState::kRunning);
  EXPECT_EQ(module.reason, "");
  EXPECT_EQ(module.log_head, Position{1});
  ASSERT_EQ(module.tables.size(), 1u);
  EXPECT_EQ(module.tables[0].name, "test_notes_notes");
  EXPECT_EQ(module.tables[0].checkpoint, Position{1});
  EXPECT_EQ(module.tables[0].rows, 1u);
  EXPECT_EQ(module.services.size(), 2u);
  EXPECT_EQ(module.events, std::vector{notes::NoteEvent::descriptor()});
  EXPECT_TRUE(node_.module("test_other").tables.empty());
}

TEST_F(NodeTest, GivesTheUpcastersOfItsOwnModulesOnly) {
  EXPECT_NE(node_.control().upcasters({kModule}), nullptr);
  EXPECT_EQ(node_.control().upcasters({"mod_elsewhere"}), nullptr);
}

// ---- stopping ----

TEST_F(NodeTest, TakesNoCallsOnceItHasStopped) {
  node_.node().stop();
  node_.node().stop();
  EXPECT_EQ(answer_of(write("n1", "x")), Code::kUnavailable);
  EXPECT_EQ(answer_of(get("n1")), Code::kUnavailable);
  const auto stream = node_.watch(note_method("FollowNotes"), notes::FollowNotesRequest());
  EXPECT_EQ(stream->wait().error().code, Code::kUnavailable);
  EXPECT_EQ(node_.module(kModule).state, ModuleState::kStopped);
}

TEST_F(NodeTest, LetsCommandsThatAreUnderWayEndBeforeItStops) {
  storage_.log.gate.close();
  auto answer = std::async(std::launch::async, [&] { return write("n1", "x"); });
  storage_.log.gate.wait_for_writer();
  auto stopped = std::async(std::launch::async, [&] { node_.node().stop(); });
  // New calls are refused as soon as the stop has begun, while the old one still waits.
  while (answer_of(get("n1")) != Code::kUnavailable) std::this_thread::yield();
  storage_.log.gate.open();
  EXPECT_EQ(answer_of(answer.get()), Code::kOk);
  stopped.get();
  EXPECT_EQ(head(), Position{1});
}

}  // namespace
}  // namespace mt::test
