// What a query is answered when its table lacks what the log holds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "events/derived_store.h"
#include "events/memory/memory_kv.h"
#include "events/memory/memory_log.h"
#include "projections/live_tables.h"
#include "tests/fixture/ledger.h"

namespace mt::test {
namespace {

using testing::HasSubstr;

const ModuleName kDamaged{"mod_damaged"};
const ModuleName kWhole{"mod_whole"};

class MissingRowsOf : public testing::Test {
 protected:
  void SetUp() override {
    for (const ModuleName& module : {kDamaged, kWhole}) {
      ASSERT_TRUE(log_.open(module));
      for (std::uint64_t i = 0; i < 3; ++i) {
        CommitRecord one = record({i + 1}, commit_of("a", {i}, {paid(1)}));
        const LogAppend append{module, &one};
        ASSERT_TRUE(log_.append({&append, 1}));
      }
    }
  }

  // As a new process would, over the same log and tables.
  void open(std::uint32_t version = 1) {
    tables_.reset();
    derived_ = std::make_unique<DerivedStore>(kv_);
    damaged_ = std::make_shared<Ledger>("mod_damaged_ledger", nullptr, version);
    whole_ = std::make_shared<Ledger>("mod_whole_ledger");
    tables_ = std::make_unique<LiveTables>(
        kv_, log_, *derived_,
        std::vector<TableModule>{{kDamaged, nullptr, {damaged_}}, {kWhole, nullptr, {whole_}}});
    const auto opened = tables_->open({});
    ASSERT_TRUE(opened) << opened.error().message;
    tables_->start();
  }
  void flip(Position position) { log_.bytes_at(kDamaged, position)[60] ^= 1; }

  Result<std::size_t> rows_of(Ledger& ledger) {
    return tables_->read([&](const KvReader& kv) -> Result<std::size_t> {
      MT_TRY(const auto page, ledger.table().page(kv, "", "", {}));
      return static_cast<std::size_t>(page.rows.size());
    });
  }
  void expect_unavailable(const std::string& why) {
    const auto rows = rows_of(*damaged_);
    ASSERT_FALSE(rows) << "an empty list would be taken for the truth";
    EXPECT_EQ(rows.error().code, Code::kUnavailable);
    EXPECT_THAT(rows.error().message, HasSubstr(why));
    EXPECT_THAT(rows.error().message, HasSubstr("restore the events folder from a backup"));
    // No way of reading finds nothing without saying so.
    EXPECT_FALSE(tables_->read([&](const KvReader& kv) { return damaged_->table().get(kv, "a"); }));
    EXPECT_FALSE(tables_->read([&](const KvReader& kv) { return damaged_->table().size(kv); }));
    EXPECT_EQ(rows_of(*whole_).value_or(0), 1u) << "the other module's are there";
  }

  MemoryLog log_;
  MemoryKv kv_;
  std::unique_ptr<DerivedStore> derived_;
  std::shared_ptr<Ledger> damaged_, whole_;
  std::unique_ptr<LiveTables> tables_;
};

TEST_F(MissingRowsOf, ALogThatIsDamagedBeyondItsTablesAnswersNoQuery) {
  flip({2});
  open();
  expect_unavailable("table mod_damaged_ledger holds the log of mod_damaged up to position 1 only");
  // The log comes back from a backup.
  flip({2});
  open();
  EXPECT_EQ(rows_of(*damaged_).value_or(0), 1u);
  EXPECT_EQ(tables_->read([&](const KvReader& kv) { return damaged_->table().get(kv, "a"); })
                .value()
                ->cents(),
            3);
}

TEST_F(MissingRowsOf, ATableThatCouldNotBeBuiltAnswersNoQueryUntilItCan) {
  open();
  flip({2});
  open(2);
  expect_unavailable("table mod_damaged_ledger could not be built");
  flip({2});
  open(2);
  EXPECT_EQ(rows_of(*damaged_).value_or(0), 1u) << "the next start builds it";
}

TEST_F(MissingRowsOf, ARebuildFillsThem) {
  open();
  flip({2});
  open(2);
  ASSERT_FALSE(rows_of(*damaged_));
  flip({2});
  ASSERT_TRUE(tables_->rebuild("mod_damaged_ledger", {}));
  EXPECT_EQ(rows_of(*damaged_).value_or(0), 1u);
}

TEST_F(MissingRowsOf, DamageBehindWhatTheTablesHoldStopsNoQuery) {
  open();
  flip({2});
  open();
  EXPECT_EQ(rows_of(*damaged_).value_or(0), 1u) << "all of it was folded before";
}

// A row that cannot be read once ended the process when the next event of its entity came.
TEST_F(MissingRowsOf, ADamagedRowStopsItsTableAloneAndARebuildMendsIt) {
  open();
  ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
    kv.put(damaged_->table().stores().front(), "a", "\xff\xff");
    return {};
  }));
  CommitRecord next = record({4}, commit_of("a", {3}, {paid(1)}));
  const LogAppend append{kDamaged, &next};
  ASSERT_TRUE(log_.append({&append, 1}));
  open();
  const TableState state = tables_->states().front();
  EXPECT_EQ(state.state, "failed");
  EXPECT_THAT(state.failure, HasSubstr("table mod_damaged_ledger is damaged"));
  EXPECT_EQ(tables_->failure(), "");
  EXPECT_EQ(tables_->applied(kDamaged), Position{4});
  const auto rows = rows_of(*damaged_);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, Code::kDataLoss);
  EXPECT_EQ(rows_of(*whole_).value_or(0), 1u);
  ASSERT_TRUE(tables_->rebuild("mod_damaged_ledger", {}));
  EXPECT_EQ(rows_of(*damaged_).value_or(0), 1u);
}

}  // namespace
}  // namespace mt::test
