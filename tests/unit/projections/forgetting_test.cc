// Which keyed commands the tables thread remembers: those within the window of the log's own times.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "events/derived_store.h"
#include "events/memory/memory_kv.h"
#include "events/memory/memory_log.h"
#include "projections/live_tables.h"
#include "tests/fixture/commits.h"

namespace mt::test {
namespace {

using namespace std::chrono_literals;

const ModuleName kModule{"mod_main"};
constexpr auto kWindow = 24h;

// A node's tables over a log; another one over the same log is a rebuild of all of it.
class Remembering {
 public:
  explicit Remembering(const EventLog& log) : log_(log) { restart(); }

  void restart() {
    tables_.reset();
    derived_ = std::make_unique<DerivedStore>(kv_);
    tables_ = std::make_unique<LiveTables>(
        kv_, log_, *derived_, std::vector<TableModule>{{kModule, nullptr, {}, kWindow}});
    EXPECT_TRUE(tables_->open({}));
    tables_->start();
  }
  void follow(Position position) {
    std::promise<bool> reached;
    tables_->when_applied(kModule, position, [&](bool is) { reached.set_value(is); });
    tables_->wake();
    EXPECT_TRUE(reached.get_future().get());
  }
  // All that is kept of the commands, once nothing is left to be dropped.
  std::map<std::string, std::string> kept() {
    tables_->stop();
    std::map<std::string, std::string> found;
    for (const char* store : {"mod_main.results", "mod_main.state"}) {
      kv_.read()->scan(kv_.open(store).value(), {}, {}, Order::kForward,
                       [&](std::string_view key, std::string_view value) {
                         found.emplace(key, value);
                         return Scan::kGoOn;
                       });
    }
    return found;
  }
  bool remembers(const std::string& id) {
    return derived_->view()->command(kModule, {id}).has_value();
  }

 private:
  const EventLog& log_;
  MemoryKv kv_;
  std::unique_ptr<DerivedStore> derived_;
  std::unique_ptr<LiveTables> tables_;
};

class Forgetting : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(log_.open(kModule)); }

  Position append(const std::string& id, std::chrono::nanoseconds at) {
    const Position next = log_.head(kModule) + 1;
    CommitRecord one = record(next, keyed(commit(stream("a"), {next.value - 1}), id, "reply"));
    one.time = Time(at);
    const LogAppend append{kModule, &one};
    EXPECT_TRUE(log_.append({&append, 1}));
    return next;
  }
  void expect_as_folded_anew(Remembering& live) {
    Remembering anew(log_);
    EXPECT_EQ(live.kept(), anew.kept());
  }

  MemoryLog log_;
};

TEST_F(Forgetting, DropsWhatIsOlderThanTheWindowAndNothingElse) {
  Remembering live(log_);
  append("old", 1h);
  append("bs/mod_main/demo/1", 1h);
  live.follow(append("young", 2h));
  live.follow(append("before", 25h - 1ns));
  EXPECT_TRUE(live.remembers("old"));
  live.follow(append("at", 25h));
  EXPECT_FALSE(live.remembers("old"));
  EXPECT_TRUE(live.remembers("bs/mod_main/demo/1"));
  EXPECT_TRUE(live.remembers("young"));
  live.restart();
  live.follow(append("later", 26h));
  EXPECT_FALSE(live.remembers("young")) << "it goes on after a restart";
  expect_as_folded_anew(live);
}

TEST_F(Forgetting, KeepsTheLaterCommandOfAnId) {
  Remembering live(log_);
  live.follow(append("again", 1h));
  live.follow(append("again", 25h));
  EXPECT_TRUE(live.remembers("again"));
  live.follow(append("other", 30h));
  EXPECT_TRUE(live.remembers("again"));
  expect_as_folded_anew(live);
}

TEST_F(Forgetting, DropsMoreThanAStepHoldsWithoutWaitingForNews) {
  Remembering live(log_);
  for (int i = 0; i < 5'000; ++i) append("c" + std::to_string(i), 1h);
  live.follow(log_.head(kModule));
  EXPECT_TRUE(live.remembers("c4999"));
  live.follow(append("new", 30h));
  while (live.remembers("c4999")) std::this_thread::yield();
  EXPECT_FALSE(live.remembers("c0"));
  EXPECT_TRUE(live.remembers("new"));
  expect_as_folded_anew(live);
}

}  // namespace
}  // namespace mt::test
