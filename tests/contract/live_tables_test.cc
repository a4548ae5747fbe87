// What LiveTables promises (projections/live_tables.h), on every log and store.
#include "projections/live_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

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

template <typename Backend>
class LiveTablesContract : public test::LiveTablesOn<Backend> {};

TYPED_TEST_SUITE(LiveTablesContract, test::Backends, test::BackendNames);

TYPED_TEST(LiveTablesContract, AppliesWhatIsAppended) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(500)})});
  EXPECT_EQ(this->row("a")->owner(), "ann");
  EXPECT_EQ(this->row("a")->cents(), 500);
  this->append_and_wait({commit_of("a", {2}, {paid(-200)}), commit_of("b", {0}, {opened("bob")})});
  EXPECT_EQ(this->row("a")->cents(), 300);
  EXPECT_EQ(this->row("b")->owner(), "bob");
  this->append_and_wait({commit_of("a", {3}, {test::closed()})});
  EXPECT_FALSE(this->row("a"));
  EXPECT_EQ(this->tables_->applied(kModule), Position{5});
  const TableState state = this->state(kLedger);
  EXPECT_EQ(state.state, "live");
  EXPECT_EQ(state.checkpoint, Position{5});
  EXPECT_EQ(state.rows, 1u);
  EXPECT_EQ(state.failure, "");
  EXPECT_EQ(state.module, kModule);
}

TYPED_TEST(LiveTablesContract, TablesAndDerivedStateMoveTogether) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(500)})});
  const auto view = this->derived_->view();
  EXPECT_EQ(view->applied(kModule), Position{2});
  EXPECT_EQ(view->stream_version(kModule, test::stream("a")), Version{2});
}

TYPED_TEST(LiveTablesContract, AnswersAtOnceForWhatIsAppliedAlready) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann")})});
  bool reached = false;
  this->tables_->when_applied(kModule, {1}, [&](bool is) { reached = is; });
  EXPECT_TRUE(reached);
}

TYPED_TEST(LiveTablesContract, AnswersFalseToThoseWhoWaitWhenItStops) {
  std::promise<bool> reached;
  this->tables_->when_applied(kModule, {1}, [&](bool is) { reached.set_value(is); });
  this->tables_->stop();
  EXPECT_FALSE(reached.get_future().get());
  EXPECT_FALSE(this->wait_for({1})) << "those that come later too";
  EXPECT_EQ(this->tables_->failure(), "");
}

TYPED_TEST(LiveTablesContract, AppliesEachEventOnceAcrossRestarts) {
  std::uint64_t version = 0;
  for (std::uint32_t round = 0; round < 5; ++round) {
    this->append(this->payments("a", version, 40));
    version += 40;
    // Stopped wherever it is, or before it has seen anything.
    if (round % 2 == 0) this->tables_->wake();
    this->restart();
    ASSERT_EQ(this->row("a")->cents(), static_cast<std::int64_t>(version));
    ASSERT_EQ(this->row("a", true)->payments(), version);
  }
  this->expect_equal(kLedger);
  this->expect_equal(kSecond);
}

TYPED_TEST(LiveTablesContract, ATableOfANewVersionIsBuiltBesideTheOld) {
  this->append_and_wait(this->payments("a", 0, 30));
  this->restart(2);
  EXPECT_EQ(this->row("a")->cents(), 30);
  EXPECT_EQ(this->state(kLedger).version, 2u);
  this->expect_equal(kLedger);
  this->append_and_wait(this->payments("a", 30, 5));
  // The old program again: its table is behind and is brought level.
  this->restart(1);
  EXPECT_EQ(this->row("a")->cents(), 35);
  EXPECT_EQ(this->state(kLedger).version, 1u);
  this->expect_equal(kLedger);
}

TYPED_TEST(LiveTablesContract, ReportsTheProgressOfABuild) {
  this->append_and_wait(this->payments("a", 0, 300));
  this->shut_down();
  std::vector<FoldProgress> seen;
  ASSERT_TRUE(this->open(3, [&](const FoldProgress& progress) {
    seen.push_back(progress);
    return true;
  }));
  ASSERT_FALSE(seen.empty());
  EXPECT_EQ(seen.back().what, kLedger);
  EXPECT_EQ(seen.back().position, Position{300});
  EXPECT_EQ(seen.back().head, Position{300});
}

TYPED_TEST(LiveTablesContract, RebuildsATable) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(500)})});
  ASSERT_TRUE(this->backend_.kv().write([&](KvWriter& kv) -> Result<void> {
    LedgerRow wrong;
    wrong.set_id("ghost");
    this->ledger_->table().put(kv, wrong);
    this->ledger_->table().erase(kv, "a");
    return {};
  }));
  const auto before = this->tables_->verify(kLedger, {});
  ASSERT_TRUE(before);
  EXPECT_FALSE(before->equal);
  EXPECT_NE(before->table_hash, before->log_hash);
  EXPECT_EQ(before->diff.added, 1u);
  EXPECT_EQ(before->diff.lost, 1u);
  EXPECT_EQ(before->diff.first.at(0).key, "a");
  EXPECT_EQ(before->diff.first.at(1).key, "ghost");

  Position last;
  const auto report = this->tables_->rebuild(kLedger, [&](const FoldProgress& progress) {
    last = progress.position;
    return true;
  });
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->table, kLedger);
  EXPECT_EQ(report->rows, 1u);
  EXPECT_EQ(report->position, Position{2});
  EXPECT_EQ(last, Position{2});
  EXPECT_FALSE(this->row("ghost"));
  EXPECT_EQ(this->row("a")->cents(), 500);
  this->expect_equal(kLedger);
}

TYPED_TEST(LiveTablesContract, VerifySeesAWrongRowAndAWrongIndexEntry) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(500)})});
  this->expect_equal(kLedger);
  const auto put = [&](std::size_t store, const std::string& key, const std::string& value) {
    ASSERT_TRUE(this->backend_.kv().write([&](KvWriter& kv) -> Result<void> {
      kv.put(this->ledger_->table().stores()[store], key, value);
      return {};
    }));
  };
  put(2, "stray entry", "");
  const auto stray = this->tables_->verify(kLedger, {});
  ASSERT_TRUE(stray) << stray.error().message;
  EXPECT_FALSE(stray->equal);
  EXPECT_EQ(stray->diff.lost, 1u);
  ASSERT_EQ(stray->diff.first.size(), 1u);
  EXPECT_EQ(stray->diff.first[0].store, 2u);
  EXPECT_EQ(stray->diff.first[0].key, "stray entry");
  this->expect_equal(kSecond);
  ASSERT_TRUE(this->tables_->rebuild(kLedger, {}));
  this->expect_equal(kLedger);
  this->restart();  // so that the table is bound to the copy that serves
  put(0, "a", this->row("a")->SerializeAsString() + '\x30' + '\x01');
  EXPECT_FALSE(this->tables_->verify(kLedger, {})->equal);
}

TYPED_TEST(LiveTablesContract, KnowsOnlyItsOwnTables) {
  EXPECT_EQ(this->tables_->rebuild("mod_none_table", {}).error().code, Code::kNotFound);
  EXPECT_EQ(this->tables_->verify("mod_none_table", {}).error().code, Code::kNotFound);
}

// A rebuild once folded up to the log's head, further than the other tables were; what lay between
// was then applied a second time.
TYPED_TEST(LiveTablesContract, ARebuildWhileTheTablesAreBehindAppliesNothingTwice) {
  this->append_and_wait(this->payments("a", 0, 10));
  this->append(this->payments("a", 10, 10));
  const auto report = this->tables_->rebuild(kLedger, {});
  ASSERT_TRUE(report) << report.error().message;
  ASSERT_TRUE(this->wait_for({20}));
  EXPECT_EQ(this->row("a")->cents(), 20);
  this->expect_equal(kLedger);
}

TYPED_TEST(LiveTablesContract, RebuildsAndVerifiesWhileItIsAppendedTo) {
  constexpr std::uint64_t kPayments = 1'500;
  std::atomic<bool> done = false;
  std::thread appender([&] {
    for (std::uint64_t i = 0; i < kPayments; i += 5) {
      this->append(this->payments("a", i, 5));
      this->tables_->wake();
    }
    done = true;
  });
  int rebuilt = 0;
  while (!done || rebuilt < 3) {
    const auto report = this->tables_->rebuild(kLedger, {});
    ASSERT_TRUE(report) << report.error().message;
    const auto verified = this->tables_->verify(kLedger, {});
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_TRUE(verified->equal) << "at " << verified->position.value;
    ++rebuilt;
  }
  appender.join();
  ASSERT_TRUE(this->wait_for({kPayments}));
  EXPECT_EQ(this->row("a")->payments(), kPayments);
  this->expect_equal(kLedger);
}

TYPED_TEST(LiveTablesContract, EventsPassTheUpcasters) {
  ASSERT_TRUE(this->upcasters_.add(EventKind{"Payed", 1}, EventKind{"Paid", 3},
                                   [](StoredEvent event) -> Result<StoredEvent> {
                                     event.type = "Paid";
                                     event.schema = 3;
                                     return event;
                                   }));
  StoredEvent old = paid(5);
  old.type = "Payed";
  old.schema = 1;
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), old})});
  EXPECT_EQ(this->row("a")->cents(), 5);
  this->expect_equal(kLedger);
  ASSERT_TRUE(this->tables_->rebuild(kLedger, {}));
  EXPECT_EQ(this->row("a")->cents(), 5);
}

TYPED_TEST(LiveTablesContract, EventsOfOtherEntitiesAreNoneOfATablesBusiness) {
  this->append_and_wait({commit_of("c", {0}, {{"Counted", 1, ""}, opened("ann")})});
  EXPECT_EQ(this->row("c")->owner(), "ann");
}

// One that came before its stream's events was kept at once; a log that was restored from before
// them then had a snapshot of another past.
TYPED_TEST(LiveTablesContract, KeepsASnapshotWithTheEventsThatItRestsOn) {
  const auto kept = [&] {
    const auto found = this->derived_->view()->snapshot(kModule, test::stream("a"));
    return found ? found->version : Version{};
  };
  this->tables_->put_snapshot(kModule, test::stream("a"), {{3}, "code", "state"});
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(1)})});
  EXPECT_EQ(kept(), Version{});
  this->append_and_wait({commit_of("a", {2}, {paid(1)})});
  EXPECT_EQ(kept(), Version{3});
}

TYPED_TEST(LiveTablesContract, DoesNotStartBehindALogThatLostItsEnd) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann")})});
  CommitRecord beyond = test::record({9}, commit_of("a", {1}, {paid(1)}));
  ASSERT_TRUE(this->backend_.kv().write([&](KvWriter& kv) -> Result<void> {
    this->derived_->apply(kv, kModule, beyond);
    return {};
  }));
  this->shut_down();
  this->backend_.reopen();
  const auto outcome = this->open();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Code::kDataLoss);
  EXPECT_THAT(outcome.error().message, HasSubstr("hold position 9, its log ends at 1"));
}

TYPED_TEST(LiveTablesContract, PagesSurviveInsertsAndDeletes) {
  const auto owner = [](int i) { return std::string(1, static_cast<char>('a' + i)); };
  std::vector<Commit> commits;
  for (int i = 0; i < 20; i += 2) commits.push_back(commit_of(owner(i), {0}, {opened(owner(i))}));
  this->append_and_wait(std::move(commits));
  std::vector<std::string> seen;
  PageRequest request{3, "", 42};
  for (int page = 0; page == 0 || !request.token.empty(); ++page) {
    const auto found = this->tables_
                           ->read([&](const KvReader& kv) {
                             return this->ledger_->table().page(kv, "by_owner", "", request);
                           })
                           .value();
    for (const LedgerRow& row : found.rows) seen.push_back(row.owner());
    request.token = found.next_token;
    if (page != 0) continue;
    // Before, at and behind the last row that was served.
    this->append_and_wait(
        {commit_of(owner(1), {0}, {opened(owner(1))}), commit_of(owner(4), {1}, {test::closed()}),
         commit_of(owner(5), {0}, {opened(owner(5))}), commit_of(owner(8), {1}, {test::closed()})});
  }
  EXPECT_THAT(seen, testing::ElementsAre("a", "c", "e", "f", "g", "k", "m", "o", "q", "s"));
}

TYPED_TEST(LiveTablesContract, AppliesMoreThanABatchAtOnce) {
  this->append(this->payments("a", 0, 9'000));
  ASSERT_TRUE(this->wait_for({9'000}));
  EXPECT_EQ(this->row("a")->payments(), 9'000u);
}

}  // namespace
}  // namespace mt
