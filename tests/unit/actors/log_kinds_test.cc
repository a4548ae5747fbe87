// A start on a log that holds what the program cannot read.
#include "actors/log_kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/fixture/commits.h"
#include "tests/fixture/notes.h"
#include "tests/fixture/test_node.h"

namespace mt::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const ModuleName kModule{"test_notes"};

std::vector<Module> only(Module module) {
  std::vector<Module> modules;
  modules.push_back(std::move(module));
  return modules;
}

Module with_step() {
  Module module = notes_module();
  (void)module.upcasters().add({"NoteBurnt", 1}, {"NoteEdited", 2},
                               [](StoredEvent event) -> Result<StoredEvent> { return event; });
  return module;
}

class LogKinds : public testing::Test {
 protected:
  void SetUp() override {
    TestNode node(storage_, only(notes_module()));
    node.must_start();
    for (const char* id : {"n1", "n2", "n3"}) {
      ASSERT_EQ(answer_of(node.call(note_method("WriteNote"), write_note(id, "x"))), Code::kOk);
    }
  }

  void append(std::vector<StoredEvent> events) {
    Commit one = commit({"note", "n1"}, {1}, 0);
    one.events = std::move(events);
    CommitRecord made = record(storage_.memory_log.head(kModule) + 1, std::move(one));
    const LogAppend append{kModule, &made};
    ASSERT_TRUE(storage_.memory_log.append({&append, 1}));
  }
  // As a program that knows all kinds does: the tables hold what it wrote.
  void apply_all() {
    DerivedStore derived(storage_.memory_kv);
    LiveTables tables(storage_.memory_kv, storage_.memory_log, derived,
                      std::vector<TableModule>{{kModule, nullptr, {}, kRemembered}});
    ASSERT_TRUE(tables.open({}));
  }
  void put_state(std::string_view key, std::string_view value) {
    const StoreId id = storage_.memory_kv.open("test_notes.state").value();
    ASSERT_TRUE(storage_.memory_kv.write([&](KvWriter& kv) -> Result<void> {
      kv.put(id, key, value);
      return {};
    }));
  }
  std::string refusal(Module module = notes_module()) {
    TestNode node(storage_, only(std::move(module)));
    const auto started = node.start();
    if (started) return "";
    EXPECT_EQ(started.error().code, Code::kFailedPrecondition);
    return started.error().message;
  }

  NodeStorage storage_;
};

TEST_F(LogKinds, LetsAProgramStartThatKnowsAll) {
  append({{"NoteEdited", 1, ""}});
  EXPECT_EQ(refusal(), "");
}

TEST_F(LogKinds, RefusesAnEventThatTheProgramHasNot) {
  append({{"NoteEdited", 1, ""}, {"NoteBurnt", 1, ""}});
  append({{"NoteBurnt", 1, ""}});
  const std::string refused = refusal();
  EXPECT_THAT(refused, AllOf(HasSubstr("module test_notes: this program cannot take over its log"),
                             HasSubstr("at position 5 begins event NoteBurnt of schema 1"),
                             HasSubstr("check-upgrade"), Not(HasSubstr("more of its kinds"))));
}

TEST_F(LogKinds, RefusesASchemaThatIsNewerThanTheProgram) {
  append({{"NoteEdited", 3, ""}, {"NoteWritten", 2, ""}});
  EXPECT_THAT(refusal(), AllOf(HasSubstr("at position 4 begins event NoteEdited of schema 3: this "
                                         "program knows up to schema 1"),
                               HasSubstr("and 1 more of its kinds of events")));
}

TEST_F(LogKinds, KnowsTheKindsOfWhatWasAppliedWithoutReadingIt) {
  append({{"NoteEdited", 1, ""}, {"NoteBurnt", 1, ""}});
  apply_all();
  const std::string refused = refusal();
  EXPECT_THAT(refused, HasSubstr("at position 5 begins event NoteBurnt of schema 1"));
  // Told by the tables alone: this log has no such event any more.
  NodeStorage other;
  ASSERT_TRUE(other.memory_log.open(kModule));
  Commit plain = commit({"note", "n1"}, {0}, 0);
  for (int i = 0; i < 5; ++i) plain.events.push_back({"NoteEdited", 1, ""});
  CommitRecord made = record({1}, plain);
  const LogAppend append{kModule, &made};
  ASSERT_TRUE(other.memory_log.append({&append, 1}));
  DerivedStore derived(storage_.memory_kv);
  const std::vector<Module> modules = only(notes_module());
  EXPECT_FALSE(check_kinds(modules, other.memory_log, storage_.memory_kv, derived, {}));
}

TEST_F(LogKinds, ReadsTheLogWhenTheTablesAreGoneOrOfAnEarlierProgram) {
  append({{"NoteBurnt", 1, ""}});
  apply_all();
  put_state("format", "an earlier one");
  EXPECT_THAT(refusal(), HasSubstr("at position 4 begins event NoteBurnt"));
  MemoryKv fresh;
  DerivedStore derived(fresh);
  const std::vector<Module> modules = only(notes_module());
  const auto refused = check_kinds(modules, storage_.memory_log, fresh, derived, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("at position 4 begins event NoteBurnt"));
}

TEST_F(LogKinds, TouchesNoTableOfALogThatItRefuses) {
  append({{"NoteBurnt", 1, ""}});
  EXPECT_NE(refusal(), "");
  DerivedStore derived(storage_.memory_kv);
  ASSERT_TRUE(derived.open(kModule));
  EXPECT_EQ(derived.view()->applied(kModule), Position{3}) << "the tables stay as they were";
}

TEST_F(LogKinds, AsksTheUpcastersWhatAnOldEventIsReadAs) {
  append({{"NoteBurnt", 1, ""}});
  EXPECT_THAT(refusal(with_step()), HasSubstr("NoteEdited"))
      << "which has no schema 2: the chain leads past the current one";
  Module module = notes_module();
  (void)module.upcasters().add({"NoteBurnt", 0}, {"NoteEdited", 1},
                               [](StoredEvent event) -> Result<StoredEvent> { return event; });
  append({{"NoteBurnt", 0, ""}});
  EXPECT_THAT(refusal(std::move(module)),
              HasSubstr("at position 4 begins event NoteBurnt of schema 1"))
      << "the one of schema 0 is read";
}

}  // namespace
}  // namespace mt::test
