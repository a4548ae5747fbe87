// Many threads send commands to few and to many entities: each accepted command has exactly one
// effect, and the streams have no gap.
#include "actors/entity_hosts.h"

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "tests/fixture/host_node.h"

namespace mt::test {
namespace {

constexpr int kThreads = 6;

void in_threads(const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(body, i);
  for (std::thread& thread : threads) thread.join();
}

struct Stream {
  Version version;
  std::int64_t total = 0;
};

// All streams of the log, checked on the way: each record follows the one before.
std::map<std::string, Stream> streams_of(const HostStorage& storage) {
  std::map<std::string, Stream> streams;
  const auto scanned =
      storage.memory_log.scan(HostNode::module(), {1}, [&](const CommitRecord& record) {
        Stream& stream = streams[record.commit.stream.id];
        EXPECT_EQ(record.commit.expected, stream.version) << record.commit.stream.id;
        stream.version = record.last_version();
        for (const StoredEvent& stored : record.commit.events) {
          counter::CounterEvent event;
          EXPECT_TRUE(decode_event(stored, event).has_value());
          stream.total += event.added().by();
        }
        return Scan::kGoOn;
      });
  EXPECT_TRUE(scanned.has_value());
  return streams;
}

HostNode::Settings never_out_of_service() {
  HostNode::Settings settings;
  settings.supervision.failures = 1'000'000;
  return settings;
}

TEST(EntityHostsUnderLoad, GiveEachCommandOnOneEntityItsOwnVersion) {
  HostStorage storage;
  HostNode node(storage);
  constexpr int kEach = 100;
  std::vector<std::atomic<int>> seen(kThreads * kEach);
  in_threads([&](int) {
    for (int i = 0; i < kEach; ++i) {
      const Result<Reply> reply = node.ask({.command = add(1)});
      ASSERT_TRUE(reply.has_value()) << reply.error().message;
      ++seen[counted(reply).version()];
    }
  });
  for (const auto& times : seen) EXPECT_EQ(times, 1);
  EXPECT_EQ(streams_of(storage)["1"].total, kThreads * kEach);
}

TEST(EntityHostsUnderLoad, KeepManyEntitiesRightInLittleMemory) {
  HostStorage storage;
  HostNode::Settings settings;
  settings.hosts.in_memory = 5;
  settings.hosts.snapshot_every = 4;
  HostNode node(storage, settings);
  constexpr int kEntities = 40;
  constexpr int kRounds = 5;
  in_threads([&](int thread) {
    for (int round = 0; round < kRounds; ++round) {
      std::vector<std::future<Result<Reply>>> answers;
      for (int i = 0; i < kEntities; ++i) {
        const int entity = (i * 7 + thread) % kEntities;
        answers.push_back(node.send({.id = std::to_string(entity), .command = add(1)}));
      }
      for (auto& answer : answers) EXPECT_TRUE(HostNode::wait(std::move(answer)).has_value());
    }
  });
  EXPECT_TRUE(comes_true([&] { return node.hosts.in_memory() <= 5; }));
  const auto streams = streams_of(storage);
  ASSERT_EQ(streams.size(), std::size_t{kEntities});
  for (const auto& [id, stream] : streams) {
    EXPECT_EQ(stream.total, kThreads * kRounds) << id;
    EXPECT_EQ(counted(node.ask({.id = id, .command = look()})).total(), stream.total) << id;
  }
}

TEST(EntityHostsUnderLoad, GiveACommandThatManySendOneEffectAndOneAnswer) {
  HostStorage storage;
  HostNode::Settings settings;
  settings.hosts.in_memory = 2;
  HostNode node(storage, settings);
  constexpr int kCommands = 60;
  std::vector<std::atomic<int>> first(kCommands);
  std::vector<std::atomic<std::int64_t>> total(kCommands);
  in_threads([&](int) {
    for (int i = 0; i < kCommands; ++i) {
      const Result<Reply> reply = node.ask(
          {.id = std::to_string(i % 5), .command = add(1), .key = "key-" + std::to_string(i)});
      ASSERT_TRUE(reply.has_value()) << reply.error().message;
      if (!reply->repeated) ++first[i];
      total[i] += counted(reply).total();
    }
  });
  for (int i = 0; i < kCommands; ++i) {
    EXPECT_EQ(first[i], 1) << i;
    EXPECT_EQ(total[i] % kThreads, 0) << i;
  }
  for (const auto& [id, stream] : streams_of(storage)) EXPECT_EQ(stream.total, kCommands / 5) << id;
}

TEST(EntityHostsUnderLoad, LoseNothingWhileEntitiesFail) {
  HostStorage storage;
  HostNode node(storage, never_out_of_service());
  constexpr int kEach = 60;
  in_threads([&](int thread) {
    std::vector<std::future<Result<Reply>>> added;
    std::vector<std::future<Result<Reply>>> broken;
    for (int i = 0; i < kEach; ++i) {
      const std::string id = std::to_string(i % 3);
      added.push_back(node.send({.id = id, .command = add(1)}));
      if ((i + thread) % 7 == 0)
        broken.push_back(node.send({.id = id, .command = break_with("x")}));
    }
    for (auto& answer : added) EXPECT_EQ(code_of(HostNode::wait(std::move(answer))), Code::kOk);
    for (auto& answer : broken) {
      EXPECT_EQ(code_of(HostNode::wait(std::move(answer))), Code::kInternal);
    }
  });
  for (const auto& [id, stream] : streams_of(storage)) {
    EXPECT_EQ(stream.total, kThreads * kEach / 3) << id;
  }
}

TEST(EntityHostsUnderLoad, AnswerAllThatWasSentWhileTheyStop) {
  HostStorage storage;
  std::atomic<std::int64_t> accepted = 0;
  {
    HostNode node(storage);
    std::atomic<bool> refused = false;
    std::thread stopping([&] {
      EXPECT_TRUE(comes_true([&] { return accepted > 50; }));
      node.hosts.stop();
    });
    in_threads([&](int thread) {
      while (!refused) {
        const Result<Reply> reply = node.ask({.id = std::to_string(thread % 2), .command = add(1)});
        if (reply) {
          ++accepted;
        } else {
          EXPECT_EQ(code_of(reply), Code::kUnavailable);
          refused = true;
        }
      }
    });
    stopping.join();
  }
  std::int64_t written = 0;
  for (const auto& [id, stream] : streams_of(storage)) written += stream.total;
  EXPECT_EQ(written, accepted);
}

TEST(EntityHostsUnderLoad, LetOneOfManyHaveAClaim) {
  HostStorage storage;
  HostNode node(storage);
  constexpr int kNames = 30;
  std::vector<std::atomic<int>> holders(kNames);
  in_threads([&](int thread) {
    for (int i = 0; i < kNames; ++i) {
      const Result<Reply> reply = node.ask({.id = std::to_string(thread * kNames + i),
                                            .command = rename_to("name-" + std::to_string(i))});
      if (reply) {
        ++holders[i];
      } else {
        EXPECT_EQ(code_of(reply), Code::kAlreadyExists);
      }
    }
  });
  for (const auto& count : holders) EXPECT_EQ(count, 1);
}

// A host may be made in the moment its module leaves service; it must not stay behind.
TEST(EntityHostsUnderLoad, LeaveNoHostBehindWhenTheirModuleLeavesService) {
  for (int round = 0; round < 20; ++round) {
    HostStorage storage;
    HostNode::Settings settings;
    settings.supervision = {.failures = 1, .window = std::chrono::hours(1), .restarts = 1};
    settings.supervision.first_back_off = std::chrono::hours(1);
    settings.supervision.longest_back_off = std::chrono::hours(1);
    HostNode node(storage, settings);
    in_threads([&](int thread) {
      for (int i = 0; node.runtime.in_service(HostNode::module()); ++i) {
        const std::string id = std::to_string(thread) + "-" + std::to_string(i);
        (void)node.ask({.id = id, .command = i == 3 ? break_with("broken") : add(1)});
      }
    });
    EXPECT_TRUE(comes_true([&] { return node.hosts.in_memory() == 0; }));
  }
}

}  // namespace
}  // namespace mt::test
