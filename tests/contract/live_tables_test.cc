// What LiveTables promises (projections/live_tables.h), on every log and store.
#include "projections/live_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <thread>

#include "tests/contract/backends.h"
#include "tests/fixture/ledger.h"

namespace mt {
namespace {

using test::commit_of;
using test::Ledger;
using test::LedgerRow;
using test::opened;
using test::paid;
using testing::HasSubstr;

const ModuleName kModule{"mod_main"};
constexpr char kLedger[] = "mod_main_ledger";
constexpr char kSecond[] = "mod_main_second";

template <typename Backend>
class LiveTablesContract : public testing::Test {
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
        std::vector<TableModule>{{kModule, &upcasters_, {ledger_, second_}}});
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
      records.push_back(test::record(head + 1, std::move(each)));
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
  Upcasters upcasters_;
  Ledger::Cure cure_ = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<DerivedStore> derived_;
  std::shared_ptr<Ledger> ledger_, second_;
  std::unique_ptr<LiveTables> tables_;
};

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
  EXPECT_FALSE(this->tables_->verify(kLedger, {})->equal);
  this->expect_equal(kSecond);
  ASSERT_TRUE(this->tables_->rebuild(kLedger, {}));
  this->expect_equal(kLedger);
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

TYPED_TEST(LiveTablesContract, AnEventThatCannotBeAppliedParksItsTableAlone) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(1)})});
  this->append_and_wait({commit_of("a", {2}, {paid(2, "poison")})});
  this->append_and_wait(this->payments("a", 3, 3));
  EXPECT_EQ(this->row("a")->cents(), 6) << "the other goes on";
  EXPECT_EQ(this->state(kLedger).state, "live");

  const TableState failed = this->state(kSecond);
  EXPECT_EQ(failed.state, "failed");
  EXPECT_EQ(failed.checkpoint, Position{2});
  EXPECT_THAT(failed.failure,
              HasSubstr("mod_main_second stopped at position 3 of mod_main (Paid)"));
  EXPECT_THAT(failed.failure, HasSubstr("poisoned"));
  EXPECT_THAT(failed.failure, HasSubstr("mtctl projection rebuild mod_main_second"));
  EXPECT_EQ(this->row("a", true)->cents(), 1);
  EXPECT_EQ(this->tables_->failure(), "") << "the thread is well";

  const auto verified = this->tables_->verify(kSecond, {});
  ASSERT_FALSE(verified);
  EXPECT_EQ(verified.error().code, Code::kFailedPrecondition);
  ASSERT_FALSE(this->tables_->rebuild(kSecond, {})) << "the cause is not mended";
  EXPECT_EQ(this->state(kSecond).state, "failed");

  this->restart();
  EXPECT_EQ(this->state(kSecond).state, "failed");
  EXPECT_EQ(this->state(kSecond).checkpoint, Position{2});

  *this->cure_ = true;
  ASSERT_TRUE(this->tables_->rebuild(kSecond, {}));
  EXPECT_EQ(this->state(kSecond).state, "live");
  EXPECT_EQ(this->row("a", true)->cents(), 6);
  this->append_and_wait(this->payments("a", 6, 1));
  EXPECT_EQ(this->row("a", true)->cents(), 7);
  this->expect_equal(kSecond);
}

// Such a key once failed the transaction of all tables.
TYPED_TEST(LiveTablesContract, AKeyThatNoStoreTakesParksItsTableAlone) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(1, "longkey")})});
  this->append_and_wait({commit_of("b", {0}, {opened("bob")})});
  for (const char* table : {kLedger, kSecond}) {
    EXPECT_EQ(this->state(table).state, "failed");
    EXPECT_THAT(this->state(table).failure, HasSubstr("position 2 of mod_main"));
    EXPECT_THAT(this->state(table).failure, HasSubstr("a key has 603 bytes"));
  }
  EXPECT_EQ(this->tables_->failure(), "");
  EXPECT_EQ(this->tables_->applied(kModule), Position{3});
}

TYPED_TEST(LiveTablesContract, ATableThatCannotBeBuiltAtTheStartIsFailedAndTheOthersServe) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(2, "poison")})});
  this->restart(2);
  EXPECT_EQ(this->state(kLedger).state, "live");
  EXPECT_EQ(this->state(kSecond).state, "failed");
  EXPECT_EQ(this->row("a")->cents(), 2);
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
