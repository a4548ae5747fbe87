// What every EventLog promises (events/event_log.h).
#include "events/event_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/contract/backends.h"
#include "tests/fixture/commits.h"

namespace mt {
namespace {

using test::commit;
using test::stream;

const ModuleName kModule{"mod_main"};
const ModuleName kOther{"sys_core"};

template <typename Backend>
class EventLogContract : public testing::Test {
 protected:
  void SetUp() override { open(); }

  void open() {
    ASSERT_TRUE(log().open(kModule));
    ASSERT_TRUE(log().open(kOther));
  }
  void reopen() {
    backend_.reopen();
    open();
  }
  EventLog& log() { return backend_.log(); }

  // Appends the records in one batch, each behind the one before.
  std::vector<CommitRecord> append(const ModuleName& module, std::vector<Commit> commits) {
    std::vector<CommitRecord> records;
    Position head = log().head(module);
    for (Commit& each : commits) {
      records.push_back(test::record(head + 1, std::move(each)));
      head = records.back().last();
    }
    std::vector<LogAppend> batch;
    for (CommitRecord& record : records) batch.push_back({module, &record});
    EXPECT_TRUE(log().append(batch));
    return records;
  }
  std::vector<Position> firsts_from(Position from) {
    std::vector<Position> firsts;
    EXPECT_TRUE(log().scan(kModule, from, [&](const CommitRecord& record) {
      firsts.push_back(record.first);
      return Scan::kGoOn;
    }));
    return firsts;
  }

  Backend backend_;
};

TYPED_TEST_SUITE(EventLogContract, test::Backends, test::BackendNames);

TYPED_TEST(EventLogContract, NamesTheModulesWhoseLogsAreOpen) {
  EXPECT_THAT(this->log().modules(), testing::ElementsAre(kModule, kOther));
}

TYPED_TEST(EventLogContract, AnEmptyLogHasHeadZeroAndNothingToRead) {
  EXPECT_EQ(this->log().head(kModule), Position{});
  EXPECT_TRUE(this->firsts_from({0}).empty());
  EXPECT_TRUE(this->firsts_from({1}).empty());
  EXPECT_TRUE(this->firsts_from({7}).empty());
  for (const std::uint64_t position : {0u, 1u}) {
    const auto found = this->log().at(kModule, {position});
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Code::kNotFound);
  }
  EXPECT_EQ(this->log().stored_bytes(kModule, {1}), 0u);
}

TYPED_TEST(EventLogContract, AModuleThatIsNotOpenHasNoLog) {
  const ModuleName unknown{"mod_none"};
  EXPECT_EQ(this->log().head(unknown), Position{});
  EXPECT_EQ(this->log().at(unknown, {1}).error().code, Code::kNotFound);
  const auto scanned =
      this->log().scan(unknown, {1}, [](const CommitRecord&) { return Scan::kGoOn; });
  ASSERT_FALSE(scanned);
  EXPECT_EQ(scanned.error().code, Code::kNotFound);
  EXPECT_EQ(this->log().stored_bytes(unknown, {1}), 0u);
}

TYPED_TEST(EventLogContract, GivesBackWhatWasAppended) {
  Commit full = test::keyed(commit(stream("a"), {0}, 3), "key", "reply");
  full.taken = {{"name", "acme"}};
  const auto written = this->append(kModule, {full, commit(stream("b"), {0})});
  EXPECT_EQ(this->log().head(kModule), Position{4});
  const auto first = this->log().at(kModule, {1});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->commit.events, full.events);
  EXPECT_EQ(first->commit.command, full.command);
  EXPECT_EQ(first->commit.taken, full.taken);
  EXPECT_EQ(first->hash, written[0].hash);
  EXPECT_EQ(first->time, written[0].time);
  const auto second = this->log().at(kModule, {4});
  ASSERT_TRUE(second);
  EXPECT_EQ(second->commit.stream, stream("b"));
  EXPECT_EQ(second->hash, written[1].hash);
  EXPECT_NE(first->hash, second->hash);
}

TYPED_TEST(EventLogContract, FindsTheRecordThatHoldsAPosition) {
  this->append(kModule, {commit(stream("a"), {0}, 3), commit(stream("b"), {0}, 2)});
  for (const std::uint64_t position : {1u, 2u, 3u}) {
    EXPECT_EQ(this->log().at(kModule, {position}).value().first, Position{1}) << position;
  }
  for (const std::uint64_t position : {4u, 5u}) {
    EXPECT_EQ(this->log().at(kModule, {position}).value().first, Position{4}) << position;
  }
  EXPECT_EQ(this->log().at(kModule, {6}).error().code, Code::kNotFound);
}

TYPED_TEST(EventLogContract, ScansFromTheRecordThatHoldsAPosition) {
  this->append(kModule, {commit(stream("a"), {0}, 3), commit(stream("b"), {0}, 2)});
  this->append(kModule, {commit(stream("a"), {3})});
  using Firsts = std::vector<Position>;
  EXPECT_EQ(this->firsts_from({0}), (Firsts{{1}, {4}, {6}}));
  EXPECT_EQ(this->firsts_from({1}), (Firsts{{1}, {4}, {6}}));
  EXPECT_EQ(this->firsts_from({3}), (Firsts{{1}, {4}, {6}}));
  EXPECT_EQ(this->firsts_from({4}), (Firsts{{4}, {6}}));
  EXPECT_EQ(this->firsts_from({5}), (Firsts{{4}, {6}}));
  EXPECT_EQ(this->firsts_from({6}), (Firsts{{6}}));
  EXPECT_EQ(this->firsts_from({7}), (Firsts{}));
}

TYPED_TEST(EventLogContract, StopsAScanWhereTheVisitorSaysSo) {
  this->append(kModule, {commit(stream("a"), {0}), commit(stream("a"), {1})});
  int visited = 0;
  EXPECT_TRUE(this->log().scan(kModule, {1}, [&](const CommitRecord&) {
    ++visited;
    return Scan::kStop;
  }));
  EXPECT_EQ(visited, 1);
}

TYPED_TEST(EventLogContract, ScansNoFurtherThanTheHeadAtItsBeginning) {
  this->append(kModule, {commit(stream("a"), {0})});
  int visited = 0;
  EXPECT_TRUE(this->log().scan(kModule, {1}, [&](const CommitRecord&) {
    this->append(kModule, {commit(stream("b"), {static_cast<std::uint64_t>(visited)})});
    return ++visited < 10 ? Scan::kGoOn : Scan::kStop;
  }));
  EXPECT_EQ(visited, 1);
}

TYPED_TEST(EventLogContract, KeepsTheModulesApart) {
  this->append(kModule, {commit(stream("a"), {0}, 2)});
  const auto written = this->append(kOther, {commit(stream("a"), {0}, 2)});
  EXPECT_EQ(this->log().head(kModule), Position{2});
  EXPECT_EQ(this->log().head(kOther), Position{2});
  this->append(kModule, {commit(stream("a"), {2})});
  EXPECT_EQ(this->log().head(kOther), Position{2});
  EXPECT_EQ(this->log().at(kOther, {1}).value().hash, written[0].hash);
}

TYPED_TEST(EventLogContract, AppendsRecordsOfSeveralModulesInOneBatch) {
  CommitRecord one = test::record({1}, commit(stream("a"), {0}));
  CommitRecord other = test::record({1}, commit(stream("b"), {0}, 2));
  CommitRecord two = test::record({2}, commit(stream("a"), {1}));
  const LogAppend batch[] = {{kModule, &one}, {kOther, &other}, {kModule, &two}};
  ASSERT_TRUE(this->log().append(batch));
  EXPECT_EQ(this->log().head(kModule), Position{2});
  EXPECT_EQ(this->log().head(kOther), Position{2});
  EXPECT_EQ(this->log().at(kModule, {2}).value().hash, two.hash);
}

TYPED_TEST(EventLogContract, OpeningAnOpenLogKeepsIt) {
  this->append(kModule, {commit(stream("a"), {0}, 2)});
  ASSERT_TRUE(this->log().open(kModule));
  EXPECT_EQ(this->log().head(kModule), Position{2});
  this->append(kModule, {commit(stream("a"), {2})});
  EXPECT_EQ(this->firsts_from({1}).size(), 2u);
}

TYPED_TEST(EventLogContract, GoesOnWhereItEndedAfterAReopening) {
  const auto before = this->append(kModule, {commit(stream("a"), {0}, 2)});
  this->reopen();
  EXPECT_EQ(this->log().head(kModule), Position{2});
  EXPECT_EQ(this->log().head(kOther), Position{});
  this->append(kModule, {commit(stream("a"), {2})});
  EXPECT_EQ(this->log().at(kModule, {1}).value().hash, before[0].hash);
  EXPECT_EQ(this->firsts_from({1}), (std::vector<Position>{{1}, {3}}));
}

TYPED_TEST(EventLogContract, TellsHowMuchRoomARecordTakes) {
  Commit large = commit(stream("a"), {0});
  large.events[0].payload.assign(100'000, 'x');
  this->append(kModule, {commit(stream("b"), {0}, 2), large});
  const auto small = this->log().stored_bytes(kModule, {1});
  EXPECT_GT(small, 37u);
  EXPECT_LT(small, 1'000u);
  EXPECT_GT(this->log().stored_bytes(kModule, {3}), 100'000u);
  EXPECT_EQ(this->log().stored_bytes(kModule, {2}), 0u) << "no record begins there";
  EXPECT_EQ(this->log().stored_bytes(kModule, {4}), 0u);
}

// More than one read transaction takes, by number and by size.
TYPED_TEST(EventLogContract, ScansALongLogWholeAndInOrder) {
  std::uint64_t version = 0;
  for (int batch = 0; batch < 6; ++batch) {
    std::vector<Commit> commits;
    for (int i = 0; i < 1'000; ++i, version += 2) {
      commits.push_back(commit(stream("a"), {version}, 2));
      if (i % 100 == 0) commits.back().events[0].payload.assign(50'000, 'x');
    }
    this->append(kModule, std::move(commits));
  }
  Position next{1};
  ASSERT_TRUE(this->log().scan(kModule, {1}, [&](const CommitRecord& record) {
    EXPECT_EQ(record.first, next);
    EXPECT_EQ(record.commit.expected.value + 1, record.first.value);
    next = record.last() + 1;
    return Scan::kGoOn;
  }));
  EXPECT_EQ(next, Position{12'001});
  EXPECT_EQ(this->firsts_from({11'998}), (std::vector<Position>{{11'997}, {11'999}}));
}

TYPED_TEST(EventLogContract, TakesRecordsOfAnotherLogAsTheyAreStoredThere) {
  const auto written =
      this->append(kModule, {commit(stream("a"), {0}, 2), commit(stream("b"), {0})});
  struct Copied {
    CommitRecord record;
    std::string stored;
  };
  std::vector<Copied> copies;
  ASSERT_TRUE(this->log().scan_stored(
      kModule, {1}, [&](const CommitRecord& record, std::string_view stored) {
        EXPECT_EQ(stored.size(), this->log().stored_bytes(kModule, record.first));
        copies.push_back({record, std::string(stored)});
        return Scan::kGoOn;
      }));
  ASSERT_EQ(copies.size(), 2u);
  std::vector<LogAppend> batch;
  for (Copied& each : copies) batch.push_back({kOther, &each.record, each.stored});
  ASSERT_TRUE(this->log().append(batch));

  this->reopen();
  std::vector<std::string> stored;
  ASSERT_TRUE(
      this->log().scan_stored(kOther, {2}, [&](const CommitRecord&, std::string_view bytes) {
        stored.emplace_back(bytes);
        return Scan::kGoOn;
      }));
  EXPECT_THAT(stored, testing::ElementsAre(copies[0].stored, copies[1].stored));
  EXPECT_EQ(this->log().at(kOther, {3}).value().hash, written[1].hash);
  const auto next = this->append(kOther, {commit(stream("a"), {2})});
  EXPECT_EQ(this->log().at(kOther, {4}).value().hash, next[0].hash) << "the chain goes on";
}

TYPED_TEST(EventLogContract, TellsTheHeadsOfAllLogsAtOneInstant) {
  EXPECT_THAT(this->log().heads(), testing::ElementsAre(LogHead{kModule, {}}, LogHead{kOther, {}}));
  std::atomic<bool> done = false;
  std::atomic<int> uneven = 0;
  std::thread reader([&] {
    while (!done) {
      const std::vector<LogHead> heads = this->log().heads();
      if (heads[0].position != heads[1].position) ++uneven;
    }
  });
  for (std::uint64_t i = 0; i < 300; ++i) {
    CommitRecord one = test::record({i + 1}, commit(stream("a"), {i}));
    CommitRecord other = test::record({i + 1}, commit(stream("a"), {i}));
    const LogAppend batch[] = {{kModule, &one}, {kOther, &other}};
    EXPECT_TRUE(this->log().append(batch));
  }
  done = true;
  reader.join();
  EXPECT_EQ(uneven, 0) << "a batch was seen in part";
  EXPECT_THAT(this->log().heads(),
              testing::ElementsAre(LogHead{kModule, {300}}, LogHead{kOther, {300}}));
}

TYPED_TEST(EventLogContract, IsReadWhileItIsAppendedTo) {
  constexpr std::uint64_t kCommits = 400;
  std::atomic<bool> done = false;
  std::atomic<int> bad = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      Position seen;
      while (!done || seen < Position{2 * kCommits}) {
        const Position head = this->log().head(kModule);
        if (head < seen) ++bad;
        Position next{1};
        const auto scanned = this->log().scan(kModule, {1}, [&](const CommitRecord& record) {
          if (record.first != next) ++bad;
          next = record.last() + 1;
          return Scan::kGoOn;
        });
        // All up to the head that was seen before is there, whole.
        if (!scanned || next <= head || next.value % 2 == 0) ++bad;
        if (head > Position{} && !this->log().at(kModule, head)) ++bad;
        seen = head;
      }
    });
  }
  for (std::uint64_t i = 0; i < kCommits; ++i) {
    this->append(kModule, {commit(stream("a"), {2 * i}, 2)});
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(bad, 0);
}

}  // namespace
}  // namespace mt
