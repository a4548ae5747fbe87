// What a program says of a log before it takes it over.
#include "actors/upgrade_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "events/memory/memory_log.h"
#include "tests/fixture/commits.h"
#include "tests/fixture/counter.h"
#include "tests/fixture/notes.h"
#include "tests/fixture/slow_log.h"

namespace mt::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const ModuleName kModule{"test_notes"};

StoredEvent written(const std::string& text) {
  notes::NoteEvent event;
  event.mutable_written()->set_text(text);
  return encode_event(event);
}

StoredEvent added(std::int64_t by) {
  counter::CounterEvent event;
  event.mutable_added()->set_by(by);
  return encode_event(event);
}

class UpgradeCheck : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(log_.open(kModule)); }

  // Each a commit of its own; the stream's next version.
  void append(const StreamId& stream, StoredEvent event) {
    Commit one = commit(stream, {versions_[stream]++}, 0);
    one.events = {std::move(event)};
    CommitRecord made = record(log_.head(kModule) + 1, std::move(one));
    const LogAppend append{kModule, &made};
    ASSERT_TRUE(log_.append({&append, 1}));
  }
  void note(const std::string& id, const std::string& text) { append({"note", id}, written(text)); }

  CheckedUpgrade check(const Module& module, const UpgradeCheckLimits& limits = {}) {
    const auto checked = check_upgrade(module, log_, limits, {});
    EXPECT_TRUE(checked) << checked.error().message;
    return checked.value();
  }

  MemoryLog log_;
  std::map<StreamId, std::uint64_t> versions_;
};

TEST_F(UpgradeCheck, FindsNothingWrongWithALogOfItsOwn) {
  for (int i = 0; i < 10; ++i) note("n" + std::to_string(i % 4), "text");
  const CheckedUpgrade checked = check(notes_module());
  EXPECT_EQ(checked.module, kModule);
  EXPECT_EQ(checked.head, Position{10});
  EXPECT_EQ(checked.events, 10u);
  EXPECT_EQ(checked.folded, 10u);
  EXPECT_EQ(checked.streams, 4u);
  EXPECT_EQ(checked.passes, 1u);
  EXPECT_THAT(checked.faults, SizeIs(0));
  EXPECT_EQ(checked.damage, "");
}

TEST_F(UpgradeCheck, TakesAnEmptyLog) {
  const CheckedUpgrade checked = check(notes_module());
  EXPECT_EQ(checked.events, 0u);
  EXPECT_THAT(checked.faults, SizeIs(0));
}

TEST_F(UpgradeCheck, NamesWhatItCannotReadAndGoesOnBehindIt) {
  note("n1", "text");
  append({"note", "n1"}, {"NoteBurnt", 1, ""});
  append({"note", "n2"}, {"NoteWritten", 2, ""});
  for (int i = 0; i < 5; ++i) append({"note", "n1"}, {"NoteBurnt", 1, ""});
  append({"note", "n2"}, {"NoteEdited", 1, "\xff"});
  note("n3", "poison");
  const CheckedUpgrade checked = check(notes_module());
  ASSERT_THAT(checked.faults, SizeIs(4));
  const UpgradeFault& burnt = checked.faults[0];
  EXPECT_EQ(burnt.part, "event");
  EXPECT_EQ(burnt.kind, (EventKind{"NoteBurnt", 1}));
  EXPECT_EQ(burnt.why, "event NoteBurnt of schema 1: this program has no such event");
  EXPECT_THAT(burnt.first, ElementsAre(Position{2}, Position{4}, Position{5}));
  EXPECT_EQ(burnt.count, 6u);
  EXPECT_THAT(checked.faults[1].why, HasSubstr("knows up to schema 1"));
  EXPECT_THAT(checked.faults[1].first, ElementsAre(Position{3}));
  EXPECT_EQ(checked.faults[2].why, "the payload of event NoteEdited does not parse");
  EXPECT_EQ(checked.faults[3].part, "table test_notes_notes") << "what is behind is folded too";
  EXPECT_THAT(checked.faults[3].why, HasSubstr("the text is poison"));
  EXPECT_THAT(checked.faults[3].first, ElementsAre(Position{10}));
  EXPECT_EQ(checked.events, 10u);
}

TEST_F(UpgradeCheck, NamesAStepThatIsMissingOrFails) {
  Module module("test_notes", "2", counter::CounterReply());
  module.entity<Counter>();  // Added has schema 2
  append({"counter", "c"}, {"Added", 1, ""});
  const CheckedUpgrade missing = check(module);
  ASSERT_THAT(missing.faults, SizeIs(1));
  EXPECT_THAT(missing.faults[0].why, HasSubstr("no upcaster leads on to schema 2"));

  append({"counter", "c"}, {"Added", 1, "throw"});
  append({"counter", "d"}, {"Added", 1, "fail"});
  append({"counter", "d"}, {"Added", 1, "fail"});
  append({"counter", "d"}, added(1));
  module.upcasts("Added", 1, [](StoredEvent event) -> Result<StoredEvent> {
    if (event.payload == "throw") throw std::runtime_error("no way");
    if (event.payload == "fail") return data_loss("no such thing");
    return event;
  });
  const CheckedUpgrade failing = check(module);
  ASSERT_THAT(failing.faults, SizeIs(2));
  EXPECT_THAT(failing.faults[0].why, HasSubstr("Added of schema 1 threw: no way"));
  EXPECT_THAT(failing.faults[0].first, ElementsAre(Position{2}));
  EXPECT_THAT(failing.faults[1].why, HasSubstr("Added of schema 1 failed: no such thing"));
  EXPECT_THAT(failing.faults[1].first, ElementsAre(Position{3}, Position{4}));
}

// An entity that follows its own events only: each adds one more than the last.
struct Stair {
  static constexpr std::string_view kCategory = "counter";
  using Command = counter::CounterCommand;
  using Event = counter::CounterEvent;
  using State = counter::CounterState;

  static Result<Decision<Event>> decide(const State&, const Command&, const DecideContext&) {
    return failed_precondition("it takes no commands");
  }
  static void evolve(State& state, const Event& event) {
    if (event.added().by() != state.total() + 1) throw std::runtime_error("a step is missing");
    state.set_total(event.added().by());
  }
};

Module stairs() {
  Module module("test_notes", "2", counter::CounterReply());
  module.entity<Stair>();
  module.upcasts("Added", 1, [](StoredEvent event) -> Result<StoredEvent> { return event; });
  return module;
}

TEST_F(UpgradeCheck, FoldsEachStreamOnceHoweverFewFitInMemory) {
  for (std::int64_t step = 1; step <= 20; ++step) {
    for (int i = 0; i < 10; ++i) append({"counter", std::to_string(i)}, added(step));
  }
  append({"counter", "3"}, added(99));
  for (const std::size_t states : {1, 3, 10, 1'000}) {
    const CheckedUpgrade checked = check(stairs(), {.states = states});
    ASSERT_THAT(checked.faults, SizeIs(1)) << states;
    EXPECT_EQ(checked.faults[0].part, "entity counter");
    EXPECT_THAT(checked.faults[0].why, HasSubstr("evolve threw: a step is missing"));
    EXPECT_THAT(checked.faults[0].first, ElementsAre(Position{201}));
    EXPECT_EQ(checked.faults[0].count, 1u);
    EXPECT_EQ(checked.events, 201u);
    EXPECT_EQ(checked.passes, states == 1'000 ? 1 : 1 + 10 / states + 1) << states;
  }
}

TEST_F(UpgradeCheck, FoldsTablesOneByOneWhenTheyDoNotFitTogether) {
  Module module("test_notes", "2", notes_config());
  module.entity<Note>();
  for (const char* table : {"test_notes_a", "test_notes_b", "test_notes_c"}) {
    module.projection<Notes>(table);
  }
  note("first", "poison");
  for (int i = 0; i < 10'000; ++i) note(std::to_string(i), std::string(100, 'x'));
  note("last", "poison");
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{1} << 30}) {
    const CheckedUpgrade checked = check(module, {.table_bytes = bytes});
    ASSERT_THAT(checked.faults, SizeIs(3));
    for (const UpgradeFault& fault : checked.faults) {
      EXPECT_EQ(fault.count, 2u) << fault.part;
      EXPECT_THAT(fault.first, ElementsAre(Position{1}, Position{10'002}));
    }
    EXPECT_EQ(checked.passes, bytes == 1 ? 3u : 1u);
  }
}

TEST_F(UpgradeCheck, FoldsASampleOfTheStreamsAndReadsTheKindsOfAll) {
  for (int i = 0; i < 2'000; ++i) note(std::to_string(i % 1'000), "text");
  append({"note", "burnt"}, {"NoteBurnt", 1, ""});
  const CheckedUpgrade some = check(notes_module(), {.sample = 0.1});
  EXPECT_EQ(some.events, 2'001u);
  EXPECT_GT(some.streams, 50u);
  EXPECT_LT(some.streams, 200u);
  EXPECT_EQ(some.folded, 2 * some.streams) << "all events of a stream, or none";
  EXPECT_THAT(some.faults, SizeIs(1));
  EXPECT_EQ(check(notes_module(), {.sample = 0.1}).streams, some.streams);
  EXPECT_EQ(check(notes_module(), {.sample = 0}).folded, 0u);
}

TEST_F(UpgradeCheck, EndsWhenItIsToldTo) {
  for (int i = 0; i < 3'000; ++i) note(std::to_string(i), "text");
  const SlowLog slow(log_);
  const auto ended = check_upgrade(notes_module(), slow, {}, [](const FoldProgress& progress) {
    EXPECT_EQ(progress.what, "test_notes");
    EXPECT_EQ(progress.head, Position{3'000});
    return false;
  });
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kCancelled);
}

}  // namespace
}  // namespace mt::test
