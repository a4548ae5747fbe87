// A whole node under many callers at once, while others look at it and while it stops.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "actors/node.h"
#include "tests/fixture/notes.h"
#include "tests/fixture/test_node.h"

namespace mt::test {
namespace {

constexpr int kWriters = 4;

std::vector<Module> modules() {
  std::vector<Module> modules;
  modules.push_back(notes_module());
  return modules;
}

std::multiset<std::string> notes_in(const EventLog& log) {
  std::multiset<std::string> ids;
  const auto scanned = log.scan({"test_notes"}, {1}, [&](const CommitRecord& record) {
    ids.insert(record.commit.stream.id);
    return Scan::kGoOn;
  });
  check(scanned.has_value(), "the log reads");
  return ids;
}

// Writes notes, and reads each back, until the node takes no more. Returns those that it answered.
std::multiset<std::string> write_until_stopped(TestNode& node, int writer,
                                               std::atomic<int>& answered) {
  std::multiset<std::string> written;
  for (int i = 0;; ++i) {
    const std::string id = std::to_string(writer) + "-" + std::to_string(i);
    const auto reply = node.call(note_method("WriteNote"), write_note(id, "text of " + id));
    if (!reply) {
      EXPECT_EQ(reply.error().code, Code::kUnavailable) << reply.error().message;
      return written;
    }
    written.insert(id);
    ++answered;
    const auto row = node.call(note_method("GetNote"), get_note(id));
    if (!row) {
      EXPECT_EQ(row.error().code, Code::kUnavailable) << "a write that was answered can be read";
      return written;
    }
    EXPECT_EQ(message_of<notes::NoteRow>(row).text(), "text of " + id);
  }
}

// Whoever was answered finds the note in the log, whoever was refused does not: commands under way
// end before the writer does.
TEST(NodeLoad, KeepsWhatItAnsweredAndNothingElseWhenItStops) {
  NodeStorage storage;
  TestNode node(storage, modules());
  node.must_start();
  std::atomic<int> answered = 0;
  std::vector<std::future<std::multiset<std::string>>> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.push_back(std::async(std::launch::async, [&node, &answered, writer] {
      return write_until_stopped(node, writer, answered);
    }));
  }
  auto watcher = std::async(std::launch::async, [&node] {
    while (node.module("test_notes").state != ModuleState::kStopped) {
      EXPECT_EQ(node.control().node().name, "here");
    }
  });
  while (answered < 200) std::this_thread::yield();
  node.node().stop();

  std::multiset<std::string> written;
  for (auto& writer : writers) written.merge(writer.get());
  watcher.get();
  EXPECT_EQ(notes_in(storage.memory_log), written);
  EXPECT_EQ(storage.memory_log.head({"test_notes"}), Position{written.size()});
}

TEST(NodeLoad, GivesOneEffectToACommandThatIsSentByManyAtOnce) {
  NodeStorage storage;
  TestNode node(storage, modules());
  node.must_start();
  constexpr int kCommands = 50;
  std::atomic<int> fresh = 0;
  std::vector<std::future<void>> senders;
  for (int sender = 0; sender < kWriters; ++sender) {
    senders.push_back(std::async(std::launch::async, [&] {
      for (int i = 0; i < kCommands; ++i) {
        const std::string key = "key-" + std::to_string(i);
        const auto reply = node.call(note_method("WriteNote"), write_note("", "x"), {.key = key});
        EXPECT_EQ(message_of<notes::NoteReply>(reply).note_id(), entity_id_from({key}));
        if (!reply->repeated) ++fresh;
      }
    }));
  }
  for (auto& sender : senders) sender.get();
  EXPECT_EQ(fresh, kCommands);
  EXPECT_EQ(notes_in(storage.memory_log).size(), std::size_t{kCommands});
}

}  // namespace
}  // namespace mt::test
