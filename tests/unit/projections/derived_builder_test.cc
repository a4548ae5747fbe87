// Tables folders of earlier programs: their derived state is folded anew, as far as it came.
#include "projections/derived_builder.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "events/memory/memory_kv.h"
#include "events/memory/memory_log.h"
#include "tests/fixture/commits.h"
#include "tests/fixture/slow_log.h"

namespace mt::test {
namespace {

const ModuleName kModule{"mod_main"};

class DerivedBuilder : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(log_.open(kModule));
    ASSERT_TRUE(derived_.open(kModule));
    for (std::uint64_t i = 0; i < 20; ++i) {
      Commit one = keyed(commit(stream(std::to_string(i % 7)), {i / 7}), std::to_string(i), "r");
      if (i < 7) one.taken = {{"name", std::to_string(i)}};
      one.events.front().tags = {"tag:" + std::to_string(i % 3)};
      append({i + 1}, std::move(one));
    }
  }

  void append(Position position, Commit one) {
    CommitRecord made = record(position, std::move(one));
    const LogAppend append{kModule, &made};
    ASSERT_TRUE(log_.append({&append, 1}));
  }
  void apply(Position to) {
    ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
      return log_.scan(kModule, {1}, [&](const CommitRecord& one) {
        if (one.first > to) return Scan::kStop;
        derived_.apply(kv, kModule, one);
        return Scan::kGoOn;
      });
    }));
  }
  void put(const char* store, std::string_view key, std::string_view value) {
    const StoreId id = kv_.open(std::string("mod_main.") + store).value();
    ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
      kv.put(id, key, value);
      return {};
    }));
  }
  std::map<std::string, std::string> content() {
    std::map<std::string, std::string> all;
    for (const char* store :
         {"streams", "results", "claims", "tags", "kinds", "snapshots", "state"}) {
      kv_.read()->scan(kv_.open(std::string("mod_main.") + store).value(), {}, {}, Order::kForward,
                       [&](std::string_view key, std::string_view value) {
                         all.emplace(std::string(store) + "/" + std::string(key), value);
                         return Scan::kGoOn;
                       });
    }
    return all;
  }
  Result<void> bring(const OnFold& progress = {}) {
    return bring_current(kv_, log_, derived_, kModule, progress);
  }

  MemoryLog log_;
  MemoryKv kv_;
  DerivedStore derived_{kv_};
};

TEST_F(DerivedBuilder, FoldsAnEarlierProgramsStateAsFarAsItCame) {
  ASSERT_TRUE(bring());
  apply({12});
  const auto expected = content();

  put("state", "format", "an earlier one");
  put("claims", std::string("name\0005\0", 7), std::string("counter\0005", 9));
  put("streams", "no key of a stream", "what was kept there once");
  put("tags", std::string("tag:0\0\0\0\0\0\0\0\0\x02", 14), "Paid");
  ASSERT_TRUE(bring());
  EXPECT_EQ(content(), expected);
  EXPECT_EQ(derived_.view()->applied(kModule), Position{12});
}

TEST_F(DerivedBuilder, LeavesACurrentStateAlone) {
  ASSERT_TRUE(bring());
  apply({20});
  put("results", "mark", std::string(8, 'x'));
  ASSERT_TRUE(bring());
  EXPECT_TRUE(content().contains("results/mark"));
}

TEST_F(DerivedBuilder, LeavesAllAsItWasWhenItIsStoppedMidway) {
  apply({20});  // without a word about its format, as the first programs wrote it
  for (std::uint64_t i = 20; i < 1'000; ++i) append({i + 1}, commit(stream("x"), {i - 20}));
  apply({1'000});
  const SlowLog slow(log_);
  const auto stopped =
      bring_current(kv_, slow, derived_, kModule, [](const FoldProgress&) { return false; });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::kCancelled);
  EXPECT_FALSE(derived_.is_current(*kv_.read(), kModule));
  EXPECT_EQ(derived_.view()->applied(kModule), Position{1'000}) << "as it was";
  ASSERT_TRUE(bring());
  EXPECT_TRUE(derived_.is_current(*kv_.read(), kModule));
  EXPECT_EQ(derived_.view()->claim_holder(kModule, {"name", "3"}), stream("3"));
}

TEST_F(DerivedBuilder, RefusesAStateThatIsBeyondItsLog) {
  put("state", "applied", std::string("\0\0\0\0\0\0\0\x7f", 8));
  const auto refused = bring();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kDataLoss);
  EXPECT_NE(refused.error().message.find("hold position 127, its log ends at 20"),
            std::string::npos);
}

}  // namespace
}  // namespace mt::test
