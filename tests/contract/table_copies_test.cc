// The two copies of a table: what a rebuild fills beside the one that serves, on every log and
// store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "projections/checkpoints.h"
#include "tests/contract/live_tables_fixture.h"

namespace mt {
namespace {

using test::commit_of;
using test::kLedger;
using test::kModule;
using test::kSecond;
using test::LedgerRow;
using test::opened;
using test::paid;
using testing::HasSubstr;

constexpr char kFirstCopy[] = "mod_main_ledger@1";
constexpr char kSecondCopy[] = "mod_main_ledger@1+";

template <typename Backend>
class TableCopies : public test::LiveTablesOn<Backend> {
 protected:
  std::uint64_t rows_in(const std::string& store) {
    const StoreId id = this->backend_.kv().open(store).value();
    return this->backend_.kv().read()->size(id);
  }
  void put_row(const std::string& store, const std::string& key) {
    const StoreId id = this->backend_.kv().open(store).value();
    LedgerRow row;
    row.set_id(key);
    ASSERT_TRUE(this->backend_.kv().write([&](KvWriter& kv) -> Result<void> {
      kv.put(id, key, row.SerializeAsString());
      return {};
    }));
  }
  void put_checkpoint(const std::string& key, Position position) {
    Checkpoints checkpoints;
    ASSERT_TRUE(checkpoints.open(this->backend_.kv()));
    ASSERT_TRUE(this->backend_.kv().write([&](KvWriter& kv) -> Result<void> {
      checkpoints.put(kv, key, position, {});
      return {};
    }));
  }
  bool has_checkpoint(const std::string& key) {
    Checkpoints checkpoints;
    EXPECT_TRUE(checkpoints.open(this->backend_.kv()));
    return checkpoints.get(*this->backend_.kv().read(), key).has_value();
  }
  void rebuild() {
    const auto report = this->tables_->rebuild(kLedger, {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->rows, this->state(kLedger).rows);
  }
  std::vector<Commit> accounts(std::size_t count) {
    std::vector<Commit> made;
    for (std::size_t i = 0; i < count; ++i) {
      made.push_back(commit_of("a" + std::to_string(i), {0}, {opened("ann"), paid(5)}));
    }
    return made;
  }
};

TYPED_TEST_SUITE(TableCopies, test::Backends, test::BackendNames);

TYPED_TEST(TableCopies, ARebuildFillsTheOtherOneAndClearsTheOldOne) {
  this->append_and_wait(this->accounts(20));
  EXPECT_EQ(this->rows_in(kFirstCopy), 20u);
  this->rebuild();
  EXPECT_EQ(this->rows_in(kFirstCopy), 0u);
  EXPECT_EQ(this->rows_in("mod_main_ledger@1.by_cents"), 0u);
  EXPECT_EQ(this->rows_in(kSecondCopy), 20u);
  EXPECT_EQ(this->rows_in("mod_main_ledger@1+.by_owner"), 20u);
  EXPECT_FALSE(this->has_checkpoint(kFirstCopy)) << "an older program builds it anew";
  // Queries and events find it.
  EXPECT_EQ(this->row("a7")->cents(), 5);
  this->append_and_wait({commit_of("a7", {2}, {paid(10)})});
  EXPECT_EQ(this->row("a7")->cents(), 15);
  this->expect_equal(kLedger);
  // And back.
  this->rebuild();
  EXPECT_EQ(this->rows_in(kFirstCopy), 20u);
  EXPECT_EQ(this->rows_in(kSecondCopy), 0u);
  EXPECT_EQ(this->row("a7")->cents(), 15);
}

TYPED_TEST(TableCopies, AStartFindsTheOneThatServes) {
  this->append_and_wait(this->accounts(3));
  this->rebuild();
  this->restart();
  EXPECT_EQ(this->row("a2")->cents(), 5);
  EXPECT_EQ(this->rows_in(kFirstCopy), 0u) << "it was not built anew";
  this->append_and_wait({commit_of("a2", {2}, {paid(10)})});
  EXPECT_EQ(this->row("a2")->cents(), 15);
  this->expect_equal(kLedger);
}

TYPED_TEST(TableCopies, AStartClearsWhatARebuildLeftHalfDone) {
  this->append_and_wait(this->accounts(3));
  this->shut_down();
  this->put_row(kSecondCopy, "ghost");
  this->backend_.reopen();
  this->start();
  EXPECT_EQ(this->rows_in(kSecondCopy), 0u);
  EXPECT_EQ(this->row("a1")->cents(), 5);
  // It may be cut off in the first build of all, too.
  this->shut_down();
  this->backend_.reopen();
  this->put_row("mod_main_ledger@2", "ghost");
  this->start(2);
  EXPECT_EQ(this->state(kLedger).rows, 3u);
  this->expect_equal(kLedger);
}

TYPED_TEST(TableCopies, AProgramThatKnowsOneCopyLeavesItsOwn) {
  this->append_and_wait(this->accounts(3));
  this->rebuild();
  this->shut_down();
  // It found no checkpoint of its copy, and built it.
  for (const char* key : {"a0", "a1", "a2", "its own"}) this->put_row(kFirstCopy, key);
  this->put_checkpoint(kFirstCopy, this->log().head(kModule));
  this->backend_.reopen();
  this->start();
  EXPECT_EQ(this->rows_in(kSecondCopy), 0u) << "what it did not follow is of no use";
  EXPECT_FALSE(this->has_checkpoint(kSecondCopy));
  EXPECT_EQ(this->state(kLedger).rows, 4u);
}

TYPED_TEST(TableCopies, ParkedStreamsAreTriedAgainInTheOneThatServes) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(1, "poison"), paid(2)})});
  ASSERT_TRUE(this->tables_->rebuild(kSecond, {}));
  ASSERT_EQ(this->tables_->parked(kSecond)->size(), 1u);
  EXPECT_EQ(this->row("a", true)->cents(), 0);
  *this->cure_ = true;
  ASSERT_TRUE(this->tables_->retry(kSecond, test::stream("a")));
  EXPECT_EQ(this->row("a", true)->cents(), 3);
  this->expect_equal(kSecond);
}

// A view that was opened with the old way, in a transaction that begins after the old copy was
// cleared, would find an empty table.
TYPED_TEST(TableCopies, NoQueryFindsATableEmptyWhileCopiesChange) {
  this->append_and_wait(this->accounts(30));
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      while (!done) {
        const auto rows = this->tables_->read(
            [&](const KvReader& kv) { return this->ledger_->table().size(kv); });
        if (!rows || *rows != 30) ++wrong;
      }
    });
  }
  std::uint64_t version = 2;
  for (int i = 0; i < 40; ++i) {
    this->rebuild();
    this->append({commit_of("a1", {version++}, {paid(1)})});
    this->tables_->wake();
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  ASSERT_TRUE(this->wait_for(this->log().head(kModule)));
  EXPECT_EQ(this->row("a1")->cents(), 45);
  this->expect_equal(kLedger);
}

TYPED_TEST(TableCopies, SeveralWhoRebuildOneTableTakeTurns) {
  this->append_and_wait(this->accounts(30));
  std::vector<std::thread> operators;
  for (int i = 0; i < 3; ++i) {
    operators.emplace_back([&] { EXPECT_TRUE(this->tables_->rebuild(kLedger, {})); });
  }
  for (std::thread& one : operators) one.join();
  this->expect_equal(kLedger);
  EXPECT_EQ(this->rows_in(kFirstCopy) + this->rows_in(kSecondCopy), 30u);
}

// With so little memory that rows are laid down all the time, and found again.
TYPED_TEST(TableCopies, ARebuildThatOutgrowsItsMemoryLaysDownWhatItHas) {
  constexpr std::size_t kAccounts = 3'000;
  this->settings_.rebuild_memory = 64 << 10;
  this->restart();
  std::vector<Commit> commits = this->accounts(kAccounts);
  for (std::size_t i = 0; i < kAccounts; i += 3) {
    const std::string id = "a" + std::to_string(i);
    const bool closes = i % 2 == 0;
    commits.push_back(commit_of(id, {2}, {closes ? test::closed() : paid(7)}));
    commits.push_back(commit_of(id, {3}, {paid(1)}));
  }
  this->append_and_wait(std::move(commits));
  this->rebuild();
  this->expect_equal(kLedger);
  EXPECT_EQ(this->row("a0")->cents(), 1) << "it was erased, and laid down anew";
  EXPECT_EQ(this->row("a3")->cents(), 13);
  EXPECT_EQ(this->row("a4")->cents(), 5);
  EXPECT_GT(this->rows_in(kSecondCopy), kAccounts / 2);
}

// The fault comes after rows were laid down: they must be gone, and the parked stream be known.
TYPED_TEST(TableCopies, AFoldThatBeginsAgainForgetsWhatItLaidDown) {
  this->settings_.rebuild_memory = 64 << 10;
  this->restart();
  this->append_and_wait(this->accounts(2'000));
  this->append_and_wait({commit_of("late", {0}, {opened("ann"), paid(1, "longkey"), paid(2)})});
  this->append_and_wait(this->payments("after", 0, 5));
  this->rebuild();
  this->expect_equal(kLedger);
  ASSERT_EQ(this->tables_->parked(kLedger)->size(), 1u);
  EXPECT_EQ(this->row("late")->cents(), 0);
  EXPECT_EQ(this->row("after")->cents(), 5);
}

}  // namespace
}  // namespace mt
