// What a reactor reads of events that its source no longer writes: the newest schema of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fixture/commits.h"
#include "tests/unit/actors/reactors_fixture.h"

namespace mt::test {
namespace {

using ::testing::HasSubstr;

StoredEvent noted(std::string text) { return {"NoteNoted", 0, std::move(text)}; }

Result<StoredEvent> as_written(StoredEvent event) {
  notes::NoteWritten written;
  written.set_text(event.payload);
  event.type = "NoteWritten";
  event.schema = 1;
  event.payload = written.SerializeAsString();
  return event;
}

Result<StoredEvent> as_written_unless_bad(StoredEvent event) {
  if (event.payload == "bad") return data_loss("a bad note");
  return as_written(std::move(event));
}

ReactingParts reading(const Upcasters::Step& step) {
  ReactingParts parts;
  parts.from_start = true;
  parts.upcasts = [step](Upcasters& upcasters) {
    return upcasters.add({"NoteNoted", 0}, {"NoteWritten", 1}, step);
  };
  return parts;
}

class ReactorUpcasting : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(storage_.memory_log.open({kNotes})); }

  // As a program of long ago wrote it.
  void append_old(const std::string& id, std::string text) {
    Commit old = commit({"note", id}, {0}, 0);
    old.events = {noted(std::move(text))};
    CommitRecord made = record(storage_.memory_log.head({kNotes}) + 1, std::move(old));
    const LogAppend append{{kNotes}, &made};
    ASSERT_TRUE(storage_.memory_log.append({&append, 1}));
  }
  // The texts that the reactor has given a note.
  std::vector<std::string> edits_of(const std::string& id) {
    std::vector<std::string> texts;
    EXPECT_TRUE(storage_.log.scan({kNotes}, {1}, [&](const CommitRecord& record) {
      for (const StoredEvent& event : record.commit.events) {
        if (record.commit.stream.id != id || event.type != "NoteEdited") continue;
        notes::NoteEdited edited;
        EXPECT_TRUE(edited.ParseFromString(event.payload));
        texts.push_back(edited.text());
      }
      return Scan::kGoOn;
    }));
    return texts;
  }

  NodeStorage storage_;
};

TEST_F(ReactorUpcasting, AnOldEventIsAnsweredOnceAsTheNewestSchemaHasIt) {
  append_old("old", "long ago");
  for (int start = 0; start < 2; ++start) {
    ReactingNode node(storage_, reading(as_written));
    node.must_start();
    node.settled();
  }
  EXPECT_THAT(edits_of("old"), testing::ElementsAre("long ago!"));
}

TEST_F(ReactorUpcasting, WhatNoStepCanReadIsParkedUntilABetterProgramReadsIt) {
  append_old("old", "bad");
  append_old("other", "good");
  {
    ReactingNode node(storage_, reading(as_written_unless_bad));
    node.must_start();
    const ReactorInfo settled = node.settled();
    EXPECT_EQ(settled.parked, 1u);
    EXPECT_THAT(settled.known->behind().at("note/old").why(), HasSubstr("a bad note"));
    EXPECT_THAT(edits_of("other"), testing::ElementsAre("good!")) << "the rest keeps going";
  }
  ReactingNode better(storage_, reading(as_written));
  better.must_start();
  ASSERT_TRUE(better.retry("note/old"));
  better.wait([](const ReactorInfo& now) { return now.parked == 0 && now.catching_up == 0; });
  EXPECT_THAT(edits_of("old"), testing::ElementsAre("bad!"));
}

}  // namespace
}  // namespace mt::test
