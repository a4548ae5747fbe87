// How much the tables thread puts into one transaction.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
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
  std::unique_ptr<KvReader> read() const override { return kv_.read(); }
  Result<void> write(const std::function<Result<void>(KvWriter&)>& change) override {
    auto outcome = kv_.write(change);
    if (derived != nullptr) look();
    return outcome;
  }

  const DerivedStore* derived = nullptr;
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

// Once a module's full batch ended, the modules after it were no longer counted: all that they
// lagged behind came into one transaction.
TEST(LiveTablesBatches, NoModuleHasMoreThanItsShareOfATransaction) {
  MemoryLog log;
  for (const ModuleName& module : kModules) {
    ASSERT_TRUE(log.open(module));
    for (std::uint64_t i = 0; i < kBacklog; ++i) {
      CommitRecord one = record({i + 1}, commit(stream("a"), {i}));
      const LogAppend append{module, &one};
      ASSERT_TRUE(log.append({&append, 1}));
    }
  }
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

}  // namespace
}  // namespace mt::test
