// What other processes leave behind: killed ones, and those whose disk was full.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <future>
#include <random>

#include "events/derived_store.h"
#include "events/lmdb/lmdb_kv.h"
#include "events/memory/memory_kv.h"
#include "events/writer.h"
#include "tests/unit/lmdb/child.h"
#include "tests/unit/lmdb/stored_log.h"

namespace mt {
namespace {

using test::Child;
using test::kModule;
using test::StoredLog;

// Files of this process may grow by so much from here on.
void limit_files(const std::filesystem::path& file, std::size_t more_bytes) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlim_t limit = std::filesystem::file_size(file) + more_bytes;
  const rlimit limits{limit, limit};
  check(setrlimit(RLIMIT_FSIZE, &limits) == 0, "a process may limit its own files");
}

TEST(KilledProcess, LeavesALogWithAllThatWasAcknowledged) {
  StoredLog stored;
  std::mt19937 random(11);
  std::uint64_t acknowledged = 0;
  for (int round = 0; round < 8; ++round) {
    stored.close();
    Child child([&](const Child::Ends& ends) {
      check(stored.open().has_value(), "the log opens");
      for (;;) {
        check(stored.append(2, random() % 9'000).has_value(), "the disk has room");
        ends.say(stored.log().head(kModule).value);
      }
    });
    for (std::size_t i = random() % 30 + 1; i > 0; --i) acknowledged = child.hear().value();
    child.kill();
    while (const auto said = child.hear()) acknowledged = *said;

    const auto opened = stored.open();
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_GE(stored.log().head(kModule), Position{acknowledged});
    std::vector<Position> firsts;
    const auto scanned = stored.scan({1}, firsts);
    ASSERT_TRUE(scanned) << scanned.error().message;
    EXPECT_EQ(firsts.size() * 2, stored.log().head(kModule).value) << "no gap";
    ASSERT_TRUE(stored.append(2)) << "the next process writes on";
  }
}

TEST(FullDisk, FailsTheWriterClosedAndLosesNothing) {
  StoredLog stored;
  stored.close();
  constexpr std::uint64_t kFailed = ~std::uint64_t{0};
  Child child([&](const Child::Ends& ends) {
    check(stored.open().has_value(), "the log opens");
    limit_files(stored.folder() / "data.mdb", 300 << 10);
    MemoryKv kv;
    DerivedStore derived(kv);
    check(derived.open(kModule).has_value(), "memory opens");
    const SystemClock clock;
    LogWriter writer(stored.log(), derived, clock, [] {});
    const auto append = [&](std::uint64_t version, std::size_t bytes) {
      Commit commit = test::commit(test::stream("a"), {version});
      commit.events[0].payload.assign(bytes, 'x');
      std::promise<Result<Appended>> answer;
      writer.append(kModule, commit,
                    [&](Result<Appended> appended) { answer.set_value(appended); });
      return answer.get_future().get();
    };
    std::uint64_t version = 0;
    auto answer = append(version, 7'000);
    for (; answer; answer = append(++version, 7'000)) ends.say(answer->last.value);
    ends.say(kFailed);
    ends.say(static_cast<std::uint64_t>(answer.error().code));
    ends.say(writer.failure().find("disk") != std::string::npos);
    // Small enough for what room is left: the writer takes it no more all the same.
    const auto later = append(version, 1);
    ends.say(later ? 0 : static_cast<std::uint64_t>(later.error().code));
    ends.say(stored.log().head(kModule).value);
    ends.say(stored.log().at(kModule, {1}).has_value());
  });

  std::uint64_t acknowledged = 0;
  for (auto said = child.hear(); said != kFailed; said = child.hear()) {
    ASSERT_TRUE(said) << "the process ended early";
    acknowledged = *said;
  }
  constexpr auto kUnavailable = static_cast<std::uint64_t>(Code::kUnavailable);
  EXPECT_GT(acknowledged, 10u);
  EXPECT_EQ(child.hear(), kUnavailable);
  EXPECT_EQ(child.hear(), 1u) << "it says that it is the disk";
  EXPECT_EQ(child.hear(), kUnavailable);
  EXPECT_EQ(child.hear(), acknowledged) << "the head is what was acknowledged";
  EXPECT_EQ(child.hear(), 1u) << "reading goes on";

  ASSERT_TRUE(stored.open());
  EXPECT_EQ(stored.log().head(kModule), Position{acknowledged});
  std::vector<Position> firsts;
  EXPECT_TRUE(stored.scan({1}, firsts));
  EXPECT_EQ(firsts.size(), acknowledged);
  EXPECT_TRUE(stored.append());
}

TEST(FullDisk, FailsAWriteOfTheTablesAndLeavesAllAsItWas) {
  const test::TempFolder folder;
  const LmdbOptions options{.map_bytes = 64 << 20, .may_undo_last = true};
  Child child([&](const Child::Ends& ends) {
    const auto kv = LmdbKv::open_environment(folder.path(), options).value();
    const StoreId store = kv->open("store").value();
    const auto put = [&](int from, int to) {
      return kv->write([&](KvWriter& writer) -> Result<void> {
        for (int i = from; i < to; ++i) writer.put(store, std::to_string(i), std::string(900, 'x'));
        return {};
      });
    };
    ends.say(put(0, 100).has_value());
    limit_files(folder.path() / "data.mdb", 64 << 10);
    ends.say(put(100, 1'000).has_value());
    ends.say(kv->read()->size(store));
  });
  EXPECT_EQ(child.hear(), 1u);
  EXPECT_EQ(child.hear(), 0u);
  EXPECT_EQ(child.hear(), 100u);
  child.kill();
  const auto kv = LmdbKv::open_environment(folder.path(), options).value();
  const StoreId store = kv->open("store").value();
  EXPECT_EQ(kv->read()->size(store), 100u);
}

TEST(KilledProcess, GivesItsReadersBack) {
  const test::TempFolder folder;
  const LmdbOptions options{.map_bytes = 16 << 20, .may_undo_last = true, .max_readers = 2};
  Child child([&](const Child::Ends& ends) {
    ends.listen();
    const auto kv = LmdbKv::open_environment(folder.path(), options).value();
    const auto one = kv->read(), two = kv->read();
    ends.say(one->status() && two->status());
    ends.listen();
  });
  const auto kv = LmdbKv::open_environment(folder.path(), options).value();
  child.tell();
  ASSERT_EQ(child.hear(), 1u);
  EXPECT_FALSE(kv->read()->status()) << "the other process holds them all";
  child.kill();
  EXPECT_TRUE(kv->read()->status());
}

TEST(OtherProcess, ReadsWhatIsAppendedHere) {
  StoredLog stored;
  stored.close();
  Child child([&](const Child::Ends& ends) {
    ends.listen();
    check(stored.open().has_value(), "a second process opens the log");
    ends.say(stored.log().head(kModule).value);
    ends.say(stored.log().at(kModule, {2}).has_value());
    ends.listen();
  });
  ASSERT_TRUE(stored.open());
  ASSERT_TRUE(stored.append(3));
  child.tell();
  EXPECT_EQ(child.hear(), 3u);
  EXPECT_EQ(child.hear(), 1u);
  EXPECT_TRUE(stored.append()) << "a reader stops nobody";
}

}  // namespace
}  // namespace mt
