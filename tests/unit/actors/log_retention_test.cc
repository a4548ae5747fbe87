#include "actors/log_retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "events/lmdb/lmdb_log.h"
#include "events/log_archive.h"
#include "events/memory/memory_log.h"
#include "tests/fixture/commits.h"
#include "tests/fixture/temp_folder.h"

namespace mt {
namespace {

using std::chrono::days;

const ModuleName kModule{"mod_main"};
const ModuleName kOther{"mod_other"};

// Logs of a hundred days, ten events a day.
class Retention : public testing::Test {
 protected:
  static constexpr int kDays = 100;
  static constexpr int kADay = 10;

  void SetUp() override {
    log_ = LmdbLog::open_environment(folder_.path() / "events", {.map_bytes = 64 << 20}).value();
    for (const ModuleName& module : {kModule, kOther}) {
      ASSERT_TRUE(log_->open(module));
      for (int i = 0; i < kDays * kADay; ++i) {
        const Position head = log_->head(module);
        CommitRecord record = test::record(head + 1, test::commit(test::stream("a"), {head.value}));
        record.time = start_ + days(i / kADay) + std::chrono::minutes(i % kADay);
        const LogAppend append{module, &record};
        ASSERT_TRUE(log_->append({&append, 1}));
      }
    }
    clock_.advance(days(kDays));
  }
  Position archived(const ModuleName& module) const {
    const auto segments = log_->segments(module);
    return segments.empty() ? Position{} : segments.back().last;
  }
  // The policy is kept by a thread of its own.
  void wait_for(const ModuleName& module, Position position) const {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (archived(module) != position || log_->held_from(module).value() != position + 1) {
      ASSERT_LT(std::chrono::steady_clock::now(), end) << archived(module).value;
      std::this_thread::yield();
    }
  }

  const Time start_{std::chrono::seconds(1'700'000'000)};
  ManualClock clock_{start_};
  test::TempFolder folder_;
  std::unique_ptr<LmdbLog> log_;
};

TEST_F(Retention, ArchivesByAgeWhatThePolicyNames) {
  LogRetention retention(*log_, clock_, {{kModule, days(30)}});
  retention.start();
  wait_for(kModule, {70 * kADay});
  retention.stop();
  EXPECT_EQ(archived(kOther), Position{});
}

TEST_F(Retention, MakesOneFileADayAtMost) {
  for (int i = 0; i < 3; ++i) {
    LogRetention retention(*log_, clock_, {{kModule, days(30)}});
    retention.start();
    wait_for(kModule, {static_cast<std::uint64_t>((70 + 2 * i) * kADay)});
    retention.stop();
    EXPECT_EQ(log_->segments(kModule).size(), static_cast<std::size_t>(i + 1));
    clock_.advance(days(2));
  }
  // Half a day later there are events of that age, but no whole day's.
  clock_.advance(-days(2) + std::chrono::hours(12));
  LogRetention again(*log_, clock_, {{kModule, days(30)}});
  again.start();
  again.stop();
  EXPECT_EQ(log_->segments(kModule).size(), 3u);
}

TEST_F(Retention, DoesNothingWithoutAPolicyOrWithoutFiles) {
  LogRetention none(*log_, clock_, {});
  none.start();
  none.stop();
  EXPECT_EQ(archived(kModule), Position{});
  MemoryLog memory;
  ASSERT_TRUE(memory.open(kModule));
  LogRetention no_files(memory, clock_, {{kModule, days(1)}});
  no_files.start();
  no_files.stop();
  EXPECT_EQ(no_files.archive(kModule, {Position{9}, {}, 0}, {}).error().code,
            Code::kFailedPrecondition);
}

TEST_F(Retention, AnOperatorsWorkIsOneAtATimeAndEndsWithTheNode) {
  LogRetention retention(*log_, clock_, {});
  ArchiveWishes wishes;
  wishes.keep = 10;
  bool met = false;
  const auto done = retention.archive(kModule, wishes, [&](const ArchiveProgress&) {
    if (!met) {
      EXPECT_EQ(retention.archive(kOther, wishes, {}).error().code, Code::kFailedPrecondition);
    }
    met = true;
    return true;
  });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(archived(kModule), Position{kDays * kADay - 10});
  retention.stop();
  const auto stopped = retention.archive(kOther, wishes, {});
  if (met) {
    EXPECT_EQ(stopped.error().code, Code::kCancelled);
  }
}

}  // namespace
}  // namespace mt
