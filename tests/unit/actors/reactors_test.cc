// What a reactor does with events: each is answered, with one effect, whatever happens on the way.
#include "actors/reactors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "tests/unit/actors/reactors_fixture.h"

namespace mt::test {
namespace {

using ::testing::HasSubstr;

constexpr int kMany = 300;

std::string id(int number) { return "n" + std::to_string(number); }

void write_many(ReactingNode& node) {
  for (int i = 0; i < kMany; ++i) node.write(id(i));
}

void expect_one_edit_each(ReactingNode& node) {
  for (int i = 0; i < kMany; ++i) EXPECT_EQ(node.edits(id(i)), 1u) << id(i);
}

TEST(Reactors, AnswerEachEventOnce) {
  NodeStorage storage;
  ReactingNode node(storage);
  node.must_start();
  write_many(node);
  const ReactorInfo settled = node.settled();
  expect_one_edit_each(node);
  EXPECT_EQ(settled.counts.events, static_cast<std::uint64_t>(kMany));
  EXPECT_EQ(settled.state, "running");
  EXPECT_EQ(settled.trouble(), "");
}

TEST(Reactors, SayWhatCausedTheirCommands) {
  NodeStorage storage;
  ReactingNode node(storage);
  node.must_start();
  CallInput input = TestNode::input_of(note_method("WriteNote"), {});
  input.correlation = "from-afar";
  ASSERT_TRUE(node.node().dispatcher().call_and_wait(
      input, std::make_shared<const notes::WriteNoteRequest>(write_note("n", "text"))));
  node.settled();
  std::optional<CommitRecord> edit;
  std::uint64_t written = 0;
  ASSERT_TRUE(storage.log.scan({kNotes}, {1}, [&](const CommitRecord& record) {
    if (record.commit.events[0].type == "NoteWritten") written = record.first.value;
    if (record.commit.events[0].type == "NoteEdited") edit = record;
    return Scan::kGoOn;
  }));
  ASSERT_TRUE(edit);
  const std::string position = std::to_string(written);
  EXPECT_EQ(edit->commit.origin.actor, "system");
  EXPECT_EQ(edit->commit.origin.correlation, "from-afar");
  EXPECT_EQ(edit->commit.origin.causation, "test_notes:" + position);
  EXPECT_EQ(edit->commit.command.id.value, "rx/test_notes.edit/" + position + "/0");
}

TEST(Reactors, BeginWithWhatComesAfterTheirFirstStart) {
  NodeStorage storage;
  {
    TestNode before(storage, [] {
      std::vector<Module> modules;
      modules.push_back(notes_module());
      return modules;
    }());
    before.must_start();
    ASSERT_TRUE(before.call(note_method("WriteNote"), write_note("old", "text")));
  }
  ReactingNode node(storage);
  node.must_start();
  node.write("new");
  node.settled();
  EXPECT_EQ(node.edits("old"), 0u);
  EXPECT_EQ(node.edits("new"), 1u);
}

TEST(Reactors, BeginWithTheFirstEventWhenTheyAreToldTo) {
  NodeStorage storage;
  {
    TestNode before(storage, [] {
      std::vector<Module> modules;
      modules.push_back(notes_module());
      return modules;
    }());
    before.must_start();
    ASSERT_TRUE(before.call(note_method("WriteNote"), write_note("old", "text")));
  }
  ReactingNode node(storage, {.from_start = true});
  node.must_start();
  node.settled();
  EXPECT_EQ(node.edits("old"), 1u);
}

// ---- what is not done twice ----

TEST(Reactors, GoOnWhereTheyStopped) {
  NodeStorage storage;
  {
    ReactingNode first(storage);
    first.must_start();
    write_many(first);
    first.settled();
  }
  ReactingNode second(storage);
  second.must_start();
  second.write("later");
  const ReactorInfo settled = second.settled();
  EXPECT_EQ(settled.counts.events, 1u) << "the mark of the stop was used";
  expect_one_edit_each(second);
  EXPECT_EQ(second.edits("later"), 1u);
}

// Command results are forgotten after a day, and tables may be deleted: the logs know.
TEST(Reactors, DoNothingTwiceAfterAKillThoughAllElseIsForgotten) {
  NodeStorage storage;
  {
    ReactingNode killed(storage, {.settings = killed_settings()});
    killed.must_start();
    write_many(killed);
    killed.settled();
  }
  storage.clock.advance(std::chrono::hours(100));
  MemoryKv folded_anew;
  ReactingNode second(storage, {.tables = &folded_anew});
  second.must_start();
  second.write("later");
  const ReactorInfo settled = second.settled();
  EXPECT_EQ(settled.counts.repeats, static_cast<std::uint64_t>(kMany));
  EXPECT_EQ(settled.counts.commands, 1u);
  expect_one_edit_each(second);
}

TEST(Reactors, SendAgainWhatWasRefusedForNow) {
  NodeStorage storage;
  NodeSettings settings = quick_settings();
  settings.dispatcher.in_flight = 1;
  {
    ReactingNode before(storage, {.answer = [](const auto&, const auto&) -> Result<CommandCalls> {
                          return CommandCalls();
                        }});
    before.must_start();
    reactors::v1::ReactorCommand pause;
    pause.mutable_pause()->set_reason("until the node is busy");
    ASSERT_TRUE(before.ask(pause));
    write_many(before);
  }
  ReactingNode node(storage, {.settings = settings});
  node.must_start();
  EXPECT_EQ(node.wait([](const auto& now) { return now.state == "paused"; }).reason,
            "paused: until the node is busy");
  reactors::v1::ReactorCommand resume;
  resume.mutable_resume();
  ASSERT_TRUE(node.ask(resume));
  const ReactorInfo settled = node.settled();
  EXPECT_GT(settled.counts.retries, 0u) << "one call at a time is let in";
  expect_one_edit_each(node);
}

// ---- what cannot be answered ----

TEST(Reactors, ParkTheStreamOfAnEventTheyCannotAnswer) {
  NodeStorage storage;
  {
    ReactingNode node(storage, {.answer = edit_but_not_bad});
    node.must_start();
    node.write("bad", "bad");
    node.write("good");
    const ReactorInfo settled = node.settled();
    EXPECT_EQ(settled.parked, 1u);
    const auto& parked = settled.known->behind().at("note/bad");
    EXPECT_EQ(parked.type(), "NoteWritten");
    EXPECT_THAT(parked.why(), HasSubstr("cannot answer that"));
    EXPECT_THAT(settled.trouble(), HasSubstr("reactor test_notes/edit has parked 1 stream"));
    EXPECT_EQ(node.node().control().modules()[0].state, ModuleState::kDegraded);
    EXPECT_EQ(node.edits("good"), 1u);
    EXPECT_EQ(node.edits("bad"), 0u);
    // Tried again by the same program it is parked again.
    ASSERT_TRUE(node.retry("note/bad"));
    node.wait([](const auto& now) { return now.counts.parked == 2; });
    EXPECT_EQ(answer_of(node.retry("note/good")), Code::kNotFound);
  }
  ReactingNode mended(storage);
  mended.must_start();
  EXPECT_EQ(mended.info().parked, 1u) << "a restart forgets nothing";
  ASSERT_TRUE(mended.retry());
  mended.wait([](const auto& now) { return now.parked + now.catching_up == 0; });
  EXPECT_EQ(mended.edits("bad"), 1u);
  EXPECT_EQ(mended.info().trouble(), "");
}

TEST(Reactors, AnswerWhatComesBehindADroppedEvent) {
  NodeStorage storage;
  {
    ReactingNode node(storage, {.answer = edit_but_not_bad});
    node.must_start();
    node.write("bad", "bad");
    const ReactorInfo settled = node.settled();
    const std::uint64_t position = settled.known->behind().at("note/bad").position();
    EXPECT_EQ(answer_of(node.drop("note/bad", position + 1)), Code::kFailedPrecondition);
    ASSERT_TRUE(node.drop("note/bad", position));
    node.wait([](const auto& now) { return now.parked + now.catching_up == 0; });
  }
  ReactingNode again(storage);
  again.must_start();
  again.write("good");
  again.settled();
  EXPECT_EQ(again.edits("bad"), 0u) << "it is left out for good";
}

TEST(Reactors, ParkWhatIsRefusedForGood) {
  NodeStorage storage;
  ReactingNode node(storage, {.answer = [](const notes::NoteWritten& written,
                                           const EventMeta& meta) -> Result<CommandCalls> {
                      if (written.text() != "bad") return edit_once(written, meta);
                      return CommandCalls{{note_method("EditNote"), edit_note("nobody", "x")}};
                    }});
  node.must_start();
  node.write("bad", "bad");
  const ReactorInfo settled = node.settled();
  EXPECT_EQ(settled.parked, 1u);
  EXPECT_THAT(settled.known->behind().at("note/bad").why(), HasSubstr("there is no note/nobody"));
}

TEST(Reactors, ReadNoFurtherWhenTooMuchIsParked) {
  NodeStorage storage;
  NodeSettings settings = quick_settings();
  settings.reactors.parked = 3;
  ReactingNode node(storage, {.answer = edit_but_not_bad, .settings = settings});
  node.must_start();
  for (int i = 0; i < 3; ++i) node.write(id(i), "bad");
  node.wait([](const auto& now) { return now.state == "stopped"; });
  node.write("good");
  EXPECT_THAT(node.info().reason, HasSubstr("3 streams are parked"));
  EXPECT_THAT(node.info().trouble(), HasSubstr("has stopped"));
  EXPECT_EQ(node.edits("good"), 0u);
}

// ---- when they are silent ----

TEST(Reactors, SendNothingWhileATableIsRebuilt) {
  NodeStorage storage;
  ReactingNode node(storage);
  node.must_start();
  node.write("before");
  node.settled();
  std::promise<void> gated;
  std::promise<void> release;
  std::thread rebuild([&, once = false]() mutable {
    const auto rebuilt =
        node.node().control().tables().rebuild("test_notes_notes", [&](const FoldProgress&) {
          if (!std::exchange(once, true)) {
            gated.set_value();
            release.get_future().wait();
          }
          return true;
        });
    EXPECT_TRUE(rebuilt);
  });
  gated.get_future().wait();
  node.write("meanwhile");
  const ReactorInfo gate = node.wait([](const auto& now) { return now.state == "gated"; });
  EXPECT_THAT(gate.reason, HasSubstr("is being rebuilt"));
  EXPECT_EQ(node.edits("meanwhile"), 0u);
  release.set_value();
  rebuild.join();
  node.settled();
  EXPECT_EQ(node.edits("meanwhile"), 1u);
}

TEST(Reactors, FindWhatNoHintToldThem) {
  NodeStorage storage;
  ReactingNode node(storage);
  node.must_start();
  // The bus has one thread: as long as this handler waits, no hint reaches anybody.
  std::promise<void> end;
  auto deaf = node.node().control().bus().subscribe(
      "mt.grown.*", [ended = end.get_future().share()](const BusMessage&) { ended.wait(); });
  write_many(node);
  node.settled();
  expect_one_edit_each(node);
  end.set_value();
}

TEST(Reactors, ReadOnlyLogsThatTheNodeHas) {
  NodeStorage storage;
  ReactingNode other(storage, {.source = "nowhere"});
  const auto started = other.start();
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message,
              HasSubstr("reads the log of module nowhere, which this node does not run"));
}

}  // namespace
}  // namespace mt::test
