// Compacting the environment of the tables: what it holds stays, whoever reads and writes
// meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <thread>

#include "events/lmdb/lmdb_kv.h"
#include "tests/fixture/temp_folder.h"
#include "tests/unit/lmdb/child.h"

namespace mt {
namespace {

namespace fs = std::filesystem;
using test::Child;
using testing::HasSubstr;

using Entries = std::map<std::string, std::string>;

Entries entries_of(const KvEnv& kv, StoreId store) {
  Entries entries;
  const auto reader = kv.read();
  reader->scan(store, "", "", Order::kForward, [&](std::string_view key, std::string_view value) {
    entries.emplace(key, value);
    return Scan::kGoOn;
  });
  EXPECT_TRUE(reader->status());
  return entries;
}

std::string key_of(int i) { return "key" + std::to_string(1'000'000 + i); }

class KvCompaction : public testing::Test {
 protected:
  KvCompaction() { open(); }

  void open() {
    kv_.reset();
    kv_ = LmdbKv::open_environment(tables(), {.map_bytes = 1 << 30, .may_undo_last = true}).value();
    rows_ = kv_->open("rows").value();
    index_ = kv_->open("index").value();
  }
  fs::path tables() const { return folder_.path() / "tables"; }
  fs::path left() const { return folder_.path() / "tables.compact"; }
  Result<void> write(const std::function<void(KvWriter&)>& change) {
    return kv_->write([&](KvWriter& kv) -> Result<void> {
      change(kv);
      return {};
    });
  }
  // Much, most of which is erased again.
  void fill(int count = 20'000) {
    ASSERT_TRUE(write([&](KvWriter& kv) {
      for (int i = 0; i < count; ++i) {
        kv.put(rows_, key_of(i), std::string(300, 'x'));
        kv.put(index_, key_of(i), "");
      }
    }));
    ASSERT_TRUE(write([&](KvWriter& kv) {
      for (int i = 0; i < count; ++i)
        if (i % 10 != 0) kv.erase(rows_, key_of(i));
    }));
  }

  test::TempFolder folder_;
  std::unique_ptr<LmdbKv> kv_;
  StoreId rows_, index_;
};

TEST_F(KvCompaction, TheFileBecomesAsSmallAsWhatItHolds) {
  fill();
  const Entries rows = entries_of(*kv_, rows_);
  const Entries index = entries_of(*kv_, index_);
  const auto report = kv_->compact({});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_LT(report->bytes_after * 4, report->bytes_before);
  EXPECT_EQ(report->bytes_after, fs::file_size(tables() / "data.mdb"));
  EXPECT_EQ(report->entries, rows.size() + index.size());
  EXPECT_EQ(report->changes, 0u);
  EXPECT_FALSE(fs::exists(left()));
  EXPECT_EQ(entries_of(*kv_, rows_), rows);
  EXPECT_EQ(entries_of(*kv_, index_), index);

  ASSERT_TRUE(write([&](KvWriter& kv) { kv.put(rows_, "after", "it"); }));
  EXPECT_TRUE(kv_->compact({})) << "and again";
  open();
  EXPECT_EQ(kv_->read()->get(rows_, "after"), "it");
  EXPECT_EQ(entries_of(*kv_, index_), index);
}

TEST_F(KvCompaction, AStoreThatNobodyOpenedIsKept) {
  const StoreId other = kv_->open("of another version").value();
  ASSERT_TRUE(write([&](KvWriter& kv) { kv.put(other, "key", "value"); }));
  open();
  ASSERT_TRUE(kv_->compact({}));
  EXPECT_EQ(kv_->read()->get(kv_->open("of another version").value(), "key"), "value");
  const StoreId later = kv_->open("a later one").value();
  ASSERT_TRUE(write([&](KvWriter& kv) { kv.put(later, "key", "new"); }));
  ASSERT_TRUE(kv_->compact({}));
  EXPECT_EQ(kv_->read()->get(later, "key"), "new");
}

TEST_F(KvCompaction, AReaderKeepsWhatItSaw) {
  ASSERT_TRUE(write([&](KvWriter& kv) { kv.put(rows_, "key", "old"); }));
  auto before = kv_->read();
  ASSERT_TRUE(kv_->compact({}));
  ASSERT_TRUE(write([&](KvWriter& kv) { kv.put(rows_, "key", "new"); }));
  EXPECT_EQ(before->get(rows_, "key"), "old");
  EXPECT_EQ(kv_->read()->get(rows_, "key"), "new");
  before.reset();
  EXPECT_EQ(kv_->read()->get(rows_, "key"), "new");
}

// Writes at each step of the copying, and at random beside it.
TEST_F(KvCompaction, WhatIsWrittenMeanwhileIsThere) {
  fill();
  Entries model = entries_of(*kv_, rows_);
  std::mt19937 random(5);
  const auto write_some = [&] {
    ASSERT_TRUE(write([&](KvWriter& kv) {
      for (int i = 0; i < 50; ++i) {
        const std::string key = key_of(static_cast<int>(random() % 30'000));
        if (random() % 3 == 0) {
          kv.erase(rows_, key);
          model.erase(key);
        } else {
          kv.put(rows_, key, model[key] = std::to_string(random()));
        }
      }
    }));
  };
  ASSERT_TRUE(kv_->compact([&](const CompactionProgress&) {
    write_some();
    return true;
  }));
  EXPECT_EQ(entries_of(*kv_, rows_), model);

  std::atomic<bool> done = false;
  std::thread writer([&] {
    while (!done) write_some();
  });
  std::thread reader([&] {
    while (!done) {
      const auto kv = kv_->read();
      EXPECT_TRUE(kv->status());
      EXPECT_GT(kv->size(rows_), 0u);
    }
  });
  std::uint64_t changes = 0;
  for (int i = 0; i < 5; ++i) {
    const auto report = kv_->compact({});
    EXPECT_TRUE(report) << report.error().message;
    if (report) changes += report->changes;
  }
  done = true;
  writer.join();
  reader.join();
  EXPECT_GT(changes, 0u);
  EXPECT_EQ(entries_of(*kv_, rows_), model);
  ASSERT_TRUE(write([&](KvWriter& kv) {
    kv.clear(rows_);
    kv.put(rows_, "one", "more");
  }));
  open();
  EXPECT_EQ(entries_of(*kv_, rows_), (Entries{{"one", "more"}}));
}

TEST_F(KvCompaction, AClearedStoreStaysCleared) {
  fill(100);
  ASSERT_TRUE(kv_->compact([&](const CompactionProgress&) {
    EXPECT_TRUE(write([&](KvWriter& kv) {
      kv.clear(rows_);
      kv.put(rows_, "one", "more");
      kv.append(rows_, "two", "more");
    }));
    return true;
  }));
  EXPECT_EQ(entries_of(*kv_, rows_), (Entries{{"one", "more"}, {"two", "more"}}));
}

TEST_F(KvCompaction, ThatFallsBehindOrIsEndedLeavesAllAsItWas) {
  fill(100);
  const Entries rows = entries_of(*kv_, rows_);
  const auto ended = kv_->compact([](const CompactionProgress&) { return false; });
  EXPECT_EQ(ended.error().code, Code::kCancelled);
  const auto behind = kv_->compact([&](const CompactionProgress&) {
    EXPECT_TRUE(write([&](KvWriter& kv) {
      for (int i = 0; i < 260; ++i) kv.put(index_, "large", std::string(1 << 20, 'x'));
      kv.put(index_, "large", "small");
    }));
    return true;
  });
  EXPECT_EQ(behind.error().code, Code::kAborted);
  const auto beside = kv_->compact([&](const CompactionProgress&) {
    EXPECT_EQ(kv_->compact({}).error().code, Code::kFailedPrecondition);
    EXPECT_TRUE(kv_->open("made meanwhile"));
    return true;
  });
  EXPECT_EQ(beside.error().code, Code::kAborted);
  EXPECT_FALSE(fs::exists(left()));
  EXPECT_EQ(entries_of(*kv_, rows_), rows);
  EXPECT_TRUE(kv_->compact({})) << "the same again succeeds";
  EXPECT_EQ(entries_of(*kv_, rows_), rows);
}

TEST_F(KvCompaction, WhatAKilledOneLeftIsRemovedAtTheNextStart) {
  fill(100);
  fs::create_directories(left());
  std::ofstream(left() / "data.mdb") << "half a copy";
  open();
  EXPECT_FALSE(fs::exists(left()));
  EXPECT_EQ(entries_of(*kv_, rows_).size(), 10u);
}

TEST_F(KvCompaction, AFullDiskLeavesTheOldOneServing) {
  fill();
  kv_.reset();
  Child child([&](const Child::Ends& ends) {
    std::signal(SIGXFSZ, SIG_IGN);
    open();
    const rlimit little{256 << 10, RLIM_INFINITY};
    check(setrlimit(RLIMIT_FSIZE, &little) == 0, "a process may limit its own files");
    const auto full = kv_->compact({});
    ends.say(!full && full.error().message.find("make room") != std::string::npos ? 1 : 0);
    ends.say(fs::exists(left()) ? 1 : 0);
    const rlimit endless{RLIM_INFINITY, RLIM_INFINITY};
    check(setrlimit(RLIMIT_FSIZE, &endless) == 0, "a process may end its own limits");
    ends.say(entries_of(*kv_, rows_).size());
    const auto again = write([&](KvWriter& kv) { kv.put(rows_, "key", "value"); });
    ends.say(again && kv_->compact({}) ? 1 : 0);
  });
  EXPECT_EQ(child.hear(), 1u) << "it says what to do";
  EXPECT_EQ(child.hear(), 0u) << "the copy is gone";
  EXPECT_EQ(child.hear(), 2'000u) << "what it held is there";
  EXPECT_EQ(child.hear(), 1u) << "with room, it writes and is compacted";
  child.kill();
  open();
  EXPECT_EQ(kv_->read()->get(rows_, "key"), "value");
}

TEST_F(KvCompaction, KilledAtAnyMomentItLosesNothing) {
  fill(5'000);
  kv_.reset();
  std::mt19937 random(13);
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < 50; ++round) {
    SCOPED_TRACE(round);
    Child child([&](const Child::Ends& ends) {
      open();
      std::uint64_t number = acknowledged;
      ends.say(number);
      std::thread compacting([&] {
        while (kv_->compact({})) continue;
      });
      for (;;) {
        ++number;
        const auto written = write([&](KvWriter& kv) {
          for (const StoreId store : {rows_, index_})
            kv.put(store, "number", std::to_string(number));
        });
        check(written.has_value(), "the disk has room");
        ends.say(number);
      }
    });
    for (std::size_t i = random() % 40; i > 0; --i) acknowledged = child.hear().value();
    child.kill();
    while (const auto said = child.hear()) acknowledged = *said;
    open();
    ASSERT_FALSE(fs::exists(left()));
    const std::string number(kv_->read()->get(rows_, "number").value_or("0"));
    EXPECT_GE(std::stoull(number), acknowledged);
    EXPECT_EQ(kv_->read()->get(index_, "number").value_or("0"), number);
    EXPECT_EQ(entries_of(*kv_, index_).size(), 5'000u + (number == "0" ? 0 : 1));
    kv_.reset();
  }
  EXPECT_GT(acknowledged, 0u);
  open();
}

}  // namespace
}  // namespace mt
