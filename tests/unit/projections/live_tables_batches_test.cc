// How much the tables thread puts into one transaction.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/derived_store.h"
#include "events/memory/memory_kv.h"
#include "events/memory/memory_log.h"
#include "projections/live_tables.h"
#include "tests/fixture/commits.h"

namespace mt::test {
namespace {

const std::vector<ModuleName> kModules{{"mod_first"}, {"mod_second"}};
constexpr std::uint64_t kBacklog = 9'000;
constexpr std::uint64_t kMostInABatch = 8'192;

// Remembers how many records of each module a transaction applied at most.
class WatchedKv final : public KvEnv {
 public:
  Result<StoreId> open(const std::string& name) override { return kv_.open(name); }
  Result<std::vector<std::string>> names() const override { return kv_.names(); }
  std::uint64_t bytes(StoreId store) const override { return kv_.bytes(store); }
  std::unique_ptr<KvReader> read() const override { return kv_.read(); }
  Result<void> write(const std::function<Result<void>(KvWriter&)>& change) override {
    auto outcome = kv_.write(change);
    const auto end = std::chrono::steady_clock::now() + least;
    while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
    if (derived != nullptr) look();
    return outcome;
  }

  const DerivedStore* derived = nullptr;
  std::chrono::milliseconds least{0};  // what a transaction takes at least
  std::map<ModuleName, std::uint64_t> most;

 private:
  void look() {
    const auto view = derived->view();
    for (const ModuleName& module : kModules) {
      const std::uint64_t now = view->applied(module).value;
      most[module] = std::max(most[module], now - std::exchange(applied_[module], now));
    }
  }

  MemoryKv kv_;
  std::map<ModuleName, std::uint64_t> applied_;
};

void fill(MemoryLog& log) {
  for (const ModuleName& module : kModules) {
    ASSERT_TRUE(log.open(module));
    for (std::uint64_t i = 0; i < kBacklog; ++i) {
      CommitRecord one = record({i + 1}, commit(stream("a"), {i}));
      const LogAppend append{module, &one};
      ASSERT_TRUE(log.append({&append, 1}));
    }
  }
}

// Once a module's full batch ended, the modules after it were no longer counted: all that they
// lagged behind came into one transaction.
TEST(LiveTablesBatches, NoModuleHasMoreThanItsShareOfATransaction) {
  MemoryLog log;
  fill(log);
  WatchedKv kv;
  DerivedStore derived(kv);
  std::vector<TableModule> followed;
  for (const ModuleName& module : kModules) {
    ASSERT_TRUE(derived.open(module));
    followed.push_back({module, nullptr, {}});
  }
  kv.derived = &derived;
  LiveTables tables(kv, log, derived, followed);
  ASSERT_TRUE(tables.open({}));
  for (const ModuleName& module : kModules) {
    EXPECT_EQ(tables.applied(module), Position{kBacklog});
    EXPECT_EQ(kv.most[module], kMostInABatch) << module.value;
  }
}

// Without its tables folder a node once folded all of its logs without a word, and heard no signal.
TEST(LiveTablesBatches, CatchingUpAtTheStartTellsHowFarItIsAndMayBeStopped) {
  MemoryLog log;
  fill(log);
  WatchedKv kv;
  kv.least = std::chrono::milliseconds(150);  // longer than between two reports
  std::vector<FoldProgress> told;
  const auto open = [&](bool go_on) {
    DerivedStore derived(kv);
    LiveTables tables(kv, log, derived, {{kModules[0], nullptr, {}}, {kModules[1], nullptr, {}}});
    const auto opened = tables.open([&](const FoldProgress& progress) {
      told.push_back(progress);
      return go_on;
    });
    for (const ModuleName& module : kModules) {
      EXPECT_EQ(derived.view()->applied(module).value, go_on ? kBacklog : kMostInABatch);
    }
    return opened;
  };
  const auto stopped = open(false);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::kCancelled);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].what, kModules[0].value);
  EXPECT_EQ(told[0].position, Position{kMostInABatch});
  EXPECT_EQ(told[0].head, Position{kBacklog});
  EXPECT_GT(told[0].events_per_second, 0);
  EXPECT_GT(told[0].seconds_left(), 0);

  ASSERT_TRUE(open(true)) << "it goes on from there";
  EXPECT_EQ(told.back().what, kModules[1].value);
  EXPECT_EQ(told.back().position, Position{kBacklog});
  EXPECT_EQ(told.back().seconds_left(), 0);
}

}  // namespace
}  // namespace mt::test
