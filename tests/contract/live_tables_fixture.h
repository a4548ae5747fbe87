// A log and its tables for tests of LiveTables, on every log and store: two ledgers over the same
// events, the second of which meets poison until it is cured.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "projections/live_tables.h"
#include "tests/contract/backends.h"
#include "tests/fixture/ledger.h"

namespace mt::test {

inline const ModuleName kModule{"mod_main"};
inline constexpr char kLedger[] = "mod_main_ledger";
inline constexpr char kSecond[] = "mod_main_second";

template <typename Backend>
class LiveTablesOn : public testing::Test {
 protected:
  void SetUp() override { start(); }
  void TearDown() override { tables_.reset(); }

  // A table of each name over the same events; the second has a cure.
  Result<void> open(std::uint32_t version = 1, const OnFold& progress = {}) {
    EXPECT_TRUE(log().open(kModule));
    derived_ = std::make_unique<DerivedStore>(backend_.kv());
    ledger_ = std::make_shared<Ledger>(kLedger, always_cured(), version);
    second_ = std::make_shared<Ledger>(kSecond, cure_);
    tables_ = std::make_unique<LiveTables>(
        backend_.kv(), log(), *derived_,
        std::vector<TableModule>{{kModule, &upcasters_, {ledger_, second_}}}, settings_);
    return tables_->open(progress);
  }
  void start(std::uint32_t version = 1) {
    const auto outcome = open(version);
    ASSERT_TRUE(outcome) << outcome.error().message;
    tables_->start();
  }
  void shut_down() {
    tables_.reset();
    derived_.reset();
  }
  void restart(std::uint32_t version = 1) {
    shut_down();
    backend_.reopen();
    start(version);
  }
  static Ledger::Cure always_cured() { return std::make_shared<std::atomic<bool>>(true); }

  EventLog& log() { return backend_.log(); }

  // Appends without waking the tables.
  Position append(std::vector<Commit> commits) {
    std::vector<CommitRecord> records;
    Position head = log().head(kModule);
    for (Commit& each : commits) {
      records.push_back(record(head + 1, std::move(each)));
      head = records.back().last();
    }
    std::vector<LogAppend> batch;
    for (CommitRecord& record : records) batch.push_back({kModule, &record});
    EXPECT_TRUE(log().append(batch));
    return head;
  }
  bool wait_for(Position position) {
    tables_->wake();
    std::promise<bool> reached;
    tables_->when_applied(kModule, position, [&](bool is) { reached.set_value(is); });
    return reached.get_future().get();
  }
  void append_and_wait(std::vector<Commit> commits) {
    ASSERT_TRUE(wait_for(append(std::move(commits))));
  }
  // `count` payments of one cent into account `id`, from version `from` on.
  std::vector<Commit> payments(const std::string& id, std::uint64_t from, std::uint64_t count) {
    std::vector<Commit> made;
    for (std::uint64_t i = 0; i < count; ++i) made.push_back(commit_of(id, {from + i}, {paid(1)}));
    return made;
  }

  std::optional<LedgerRow> row(const std::string& id, bool of_second = false) {
    const auto& table = (of_second ? second_ : ledger_)->table();
    const auto found = tables_->read([&](const KvReader& kv) { return table.get(kv, id); });
    EXPECT_TRUE(found) << found.error().message;
    return found.value_or(std::nullopt);
  }
  TableState state(const std::string& table) {
    for (TableState& state : tables_->states()) {
      if (state.name == table) return state;
    }
    ADD_FAILURE() << "no state of " << table;
    return {};
  }
  void expect_equal(const std::string& table) {
    const auto report = tables_->verify(table, {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->equal);
    EXPECT_EQ(report->table_hash, report->log_hash);
    EXPECT_EQ(report->position, log().head(kModule));
  }

  Backend backend_;
  TableSettings settings_;
  Upcasters upcasters_;
  Ledger::Cure cure_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<DerivedStore> derived_;
  std::shared_ptr<Ledger> ledger_, second_;
  std::unique_ptr<LiveTables> tables_;
};

}  // namespace mt::test
