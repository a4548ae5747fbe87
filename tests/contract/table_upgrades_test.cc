// Versions of a table side by side (projections/table_upgrades.h), on every log and store.
#include "projections/table_upgrades.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/contract/backends.h"
#include "tests/fixture/faulty_kv.h"
#include "tests/fixture/ledger.h"

namespace mt::test {
namespace {

using testing::HasSubstr;
using Taken = TableWatch::Taken;

const ModuleName kModule{"mod_main"};
constexpr char kTable[] = "mod_main_totals";

// What a version does otherwise than the first.
enum class Way { kSame, kDoubles, kThrowsOnNotes };

Table<LedgerRow> totals_table(std::uint32_t version) {
  std::vector<Index<LedgerRow>> indexes{
      {"by_owner", [](const LedgerRow& row) { return Key().text(row.owner()); }}};
  if (version > 1) {
    indexes.push_back({"by_cents", [](const LedgerRow& row) { return Key().i64(row.cents()); }});
  }
  return {kTable, [](const LedgerRow& row) { return row.id(); }, std::move(indexes)};
}

class Totals final : public ProjectionOf<LedgerEvent> {
 public:
  Totals(std::uint32_t version, Way way)
      : version_(version), way_(way), table_(totals_table(version)) {}

  Table<LedgerRow>& table() override { return table_; }
  std::uint32_t version() const override { return version_; }
  using ProjectionOf::apply;
  void apply(const LedgerEvent& event, const EventMeta& meta, KvWriter& kv) override {
    LedgerRow row = table_.get(kv, meta.stream.id).value_or(LedgerRow());
    row.set_id(meta.stream.id);
    if (event.has_opened()) row.set_owner(event.opened().owner());
    if (event.has_paid()) {
      if (way_ == Way::kThrowsOnNotes && !event.paid().note().empty()) {
        throw std::runtime_error("no notes any more");
      }
      row.set_cents(row.cents() + event.paid().cents() * (way_ == Way::kDoubles ? 2 : 1));
    }
    table_.put(kv, row);
  }

 private:
  const std::uint32_t version_;
  const Way way_;
  Table<LedgerRow> table_;
};

template <typename Backend>
class TableUpgradesOn : public testing::Test {
 protected:
  void SetUp() override {
    run({std::make_shared<Totals>(1, Way::kSame)});
    append(accounts(50));
  }
  void TearDown() override { tables_.reset(); }

  // As a program would that has these versions, the newest first.
  void run(std::vector<std::shared_ptr<Totals>> versions) {
    tables_.reset();
    derived_.reset();
    kv_.reset();
    backend_.reopen();
    kv_ = std::make_unique<FaultyKv>(backend_.kv());
    ASSERT_TRUE(backend_.log().open(kModule));
    derived_ = std::make_unique<DerivedStore>(*kv_);
    newest_ = versions.front();
    TableModule module{kModule, nullptr, {newest_}};
    module.earlier.assign(versions.begin() + 1, versions.end());
    tables_ = std::make_unique<LiveTables>(*kv_, backend_.log(), *derived_,
                                           std::vector<TableModule>{std::move(module)});
    const auto opened = tables_->open({});
    ASSERT_TRUE(opened) << opened.error().message;
    tables_->start();
  }
  // A second version beside the first.
  void run_two(Way way) {
    run({std::make_shared<Totals>(2, way), std::make_shared<Totals>(1, Way::kSame)});
  }

  static std::vector<Commit> accounts(std::size_t count) {
    std::vector<Commit> made;
    for (std::size_t i = 0; i < count; ++i) {
      made.push_back(commit_of("a" + std::to_string(i), {0}, {opened("ann"), paid(5)}));
    }
    return made;
  }
  void append(std::vector<Commit> commits) {
    std::vector<CommitRecord> records;
    Position head = backend_.log().head(kModule);
    for (Commit& each : commits) {
      records.push_back(record(head + 1, std::move(each)));
      head = records.back().last();
    }
    std::vector<LogAppend> batch;
    for (CommitRecord& record : records) batch.push_back({kModule, &record});
    ASSERT_TRUE(backend_.log().append(batch));
    tables_->wake();
    std::promise<bool> reached;
    tables_->when_applied(kModule, head, [&](bool is) { reached.set_value(is); });
    ASSERT_TRUE(reached.get_future().get());
  }

  Result<UpgradeReport> upgrade(const UpgradeOptions& options = {}) {
    return tables_->upgrades().upgrade(kTable, options, {}, {});
  }
  // On a disk that is full after so many writes. Whether the new version serves.
  bool upgrade_with(int writes) {
    kv_->fail_writes(Error{Code::kResourceExhausted, "the disk is full"}, writes);
    const auto report = upgrade({.accepts_differences = true});
    EXPECT_TRUE(report || report.error().code == Code::kResourceExhausted);
    return report && report->is_serving;
  }
  std::int64_t cents(const std::string& id) {
    const auto row =
        tables_->read([&](const KvReader& kv) { return newest_->table().get(kv, id); });
    EXPECT_TRUE(row) << row.error().message;
    return row && *row ? (*row)->cents() : -1;
  }
  Result<std::size_t> rows_by(const std::string& index) {
    return tables_->read([&](const KvReader& kv) -> Result<std::size_t> {
      MT_TRY(const auto page, newest_->table().page(kv, index, "", {200, ""}));
      return static_cast<std::size_t>(page.rows.size());
    });
  }
  // "1 retired, 2 live"
  std::string versions() {
    std::string text;
    const auto states = tables_->upgrades().states();
    EXPECT_TRUE(states);
    for (const TableState& state : *states) {
      text += (text.empty() ? "" : ", ") + std::to_string(state.version) + " " + state.state;
    }
    return text;
  }
  std::uint64_t rows_in(const std::string& store) {
    const StoreId id = backend_.kv().open(store).value();
    return backend_.kv().read()->size(id);
  }
  void expect_equal() {
    const auto report = tables_->verify(kTable, {});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->equal);
    EXPECT_EQ(report->position, backend_.log().head(kModule));
  }

  std::unique_ptr<TableWatch> watch() {
    auto begun = tables_->watch(kTable, {0, ""});
    EXPECT_TRUE(begun);
    return *std::move(begun);
  }
  Result<Taken> take(TableWatch& watch) {
    keys_.clear();
    return tables_->read([&](const KvReader& kv) { return watch.take(kv, taken_, keys_); });
  }

  Backend backend_;
  std::unique_ptr<FaultyKv> kv_;
  std::unique_ptr<DerivedStore> derived_;
  std::shared_ptr<Totals> newest_;
  std::unique_ptr<LiveTables> tables_;
  Position taken_;
  std::set<std::string, std::less<>> keys_;
};

TYPED_TEST_SUITE(TableUpgradesOn, Backends, BackendNames);

TYPED_TEST(TableUpgradesOn, TheVersionThatServedGoesOnUntilItIsUpgraded) {
  this->run_two(Way::kSame);
  EXPECT_EQ(this->versions(), "1 live");
  EXPECT_EQ(this->tables_->upgrades().states()->front().newest, 2u);
  EXPECT_EQ(this->cents("a7"), 5);
  EXPECT_EQ(this->rows_by("by_owner").value_or(0), 50u);
  const auto lacking = this->rows_by("by_cents");
  ASSERT_FALSE(lacking) << "an empty list would be taken for the truth";
  EXPECT_EQ(lacking.error().code, Code::kUnavailable);
  EXPECT_THAT(lacking.error().message, HasSubstr("mtctl projection upgrade mod_main_totals"));
  this->append({commit_of("a7", {2}, {paid(10)})});
  EXPECT_EQ(this->cents("a7"), 15);

  const auto report = this->upgrade();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_TRUE(report->is_serving) << report->refused;
  EXPECT_TRUE(report->diff.is_empty());
  EXPECT_EQ(report->rows, 50u);
  EXPECT_EQ(this->versions(), "1 retired, 2 live");
  EXPECT_EQ(this->rows_by("by_cents").value_or(0), 50u);
  this->append({commit_of("a7", {3}, {paid(10)})});
  EXPECT_EQ(this->cents("a7"), 25);
  this->expect_equal();
  EXPECT_TRUE(this->upgrade()->is_serving) << "once more changes nothing";
}

TYPED_TEST(TableUpgradesOn, APlanAndARehearsalChangeNothing) {
  this->run_two(Way::kDoubles);
  const auto plan = this->upgrade({.only_plan = true});
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->plan.from, 1u);
  EXPECT_EQ(plan->plan.to, 2u);
  EXPECT_EQ(plan->plan.head, Position{100});
  EXPECT_GT(plan->plan.seconds, 0);
  EXPECT_GT(plan->plan.bytes, 0u);
  EXPECT_EQ(plan->rows, 0u);

  const auto rehearsed = this->upgrade({.rehearses = true, .accepts_differences = true});
  ASSERT_TRUE(rehearsed) << rehearsed.error().message;
  EXPECT_FALSE(rehearsed->is_serving);
  EXPECT_EQ(rehearsed->refused, "");
  EXPECT_EQ(rehearsed->diff.changed, 50u);
  EXPECT_EQ(this->versions(), "1 live");
  EXPECT_EQ(this->rows_in("mod_main_totals@2"), 0u);
  EXPECT_EQ(this->cents("a7"), 5);
}

TYPED_TEST(TableUpgradesOn, DifferencesMustBeAccepted) {
  this->run_two(Way::kDoubles);
  const auto refused = this->upgrade();
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_FALSE(refused->is_serving);
  EXPECT_THAT(refused->refused, HasSubstr("0 rows are added, 50 changed, 0 lost"));
  ASSERT_EQ(refused->diff.first.size(), 10u);
  EXPECT_EQ(refused->diff.first[0].key, "a0");
  EXPECT_EQ(this->versions(), "1 live");
  EXPECT_EQ(this->cents("a7"), 5);

  ASSERT_TRUE(this->upgrade({.accepts_differences = true})->is_serving);
  EXPECT_EQ(this->cents("a7"), 10);
}

TYPED_TEST(TableUpgradesOn, AVersionThatFailsOnTheLastEventDoesNotServe) {
  this->append({commit_of("late", {0}, {opened("ann"), paid(1, "a note")})});
  this->run_two(Way::kThrowsOnNotes);
  const auto refused = this->upgrade({.accepts_differences = true});
  ASSERT_TRUE(refused) << refused.error().message;
  EXPECT_FALSE(refused->is_serving);
  EXPECT_THAT(refused->refused, HasSubstr("events of 1 stream"));
  EXPECT_THAT(refused->refused,
              HasSubstr("at position 102 (Paid): apply threw: no notes any more"));
  EXPECT_EQ(this->cents("late"), 1) << "the old one serves";
  EXPECT_EQ(this->versions(), "1 live, 2 failed");
  EXPECT_EQ(this->tables_->upgrades().states()->back().failure, refused->refused);
  EXPECT_EQ(this->rows_in("mod_main_totals@2"), 0u);
  this->append({commit_of("late", {2}, {paid(1)})});
  EXPECT_EQ(this->cents("late"), 2) << "and follows the log";
  ASSERT_TRUE(this->tables_->upgrades().purge(kTable, 2));
  EXPECT_EQ(this->versions(), "1 live");
}

TYPED_TEST(TableUpgradesOn, AVersionThatFailsForTooManyStreamsDoesNotServe) {
  std::vector<Commit> commits;
  for (std::size_t i = 0; i <= ParkedStreams::kMost; ++i) {
    commits.push_back(commit_of("n" + std::to_string(i), {0}, {paid(1, "a note")}));
  }
  this->append(std::move(commits));
  this->run_two(Way::kThrowsOnNotes);
  const auto failed = this->upgrade({.accepts_differences = true});
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("more than 1000 streams cannot be applied"));
  EXPECT_THAT(failed.error().message, HasSubstr("mtctl projection upgrade mod_main_totals"));
  EXPECT_EQ(this->versions(), "1 live, 2 failed");
  this->expect_equal();
  // The next program has mended it.
  this->run_two(Way::kSame);
  EXPECT_EQ(this->versions(), "1 live");
  ASSERT_TRUE(this->upgrade()->is_serving);
  EXPECT_EQ(this->versions(), "1 retired, 2 live");
  this->expect_equal();
}

// As far as the tables go, a kill is the end of all writes.
TYPED_TEST(TableUpgradesOn, AKillAtAnyWriteLeavesTheVersionThatServes) {
  int writes = 0;
  for (bool is_serving = false; !is_serving; ++writes) {
    ASSERT_LT(writes, 100);
    SCOPED_TRACE("after " + std::to_string(writes) + " writes");
    this->run_two(Way::kDoubles);
    EXPECT_EQ(this->versions(), "1 live");
    EXPECT_EQ(this->rows_in("mod_main_totals@2"), 0u);
    EXPECT_EQ(this->cents("a7"), 5);
    this->expect_equal();
    is_serving = this->upgrade_with(writes);
  }
  EXPECT_GT(writes, 3);
  this->run_two(Way::kDoubles);
  EXPECT_EQ(this->versions(), "1 retired, 2 live");
  EXPECT_EQ(this->cents("a7"), 10);
  this->expect_equal();
}

TYPED_TEST(TableUpgradesOn, AfterAFullDiskItCanBeDoneAgain) {
  this->run_two(Way::kDoubles);
  for (int writes = 0; !this->upgrade_with(writes); ++writes) {
    ASSERT_LT(writes, 100);
    SCOPED_TRACE("after " + std::to_string(writes) + " writes");
    EXPECT_EQ(this->cents("a7"), 5);
    EXPECT_EQ(this->versions(), "1 live");
    this->kv_->fail_writes(std::nullopt);
    this->expect_equal();
    EXPECT_TRUE(this->upgrade({.accepts_differences = true})->is_serving);
    EXPECT_EQ(this->cents("a7"), 10);
    this->expect_equal();
    ASSERT_TRUE(this->tables_->upgrades().rollback(kTable));
  }
}

TYPED_TEST(TableUpgradesOn, ARollbackThatIsKilledAtAnyWriteLeavesAWholeVersion) {
  for (int writes = 0; writes < 6; ++writes) {
    SCOPED_TRACE("after " + std::to_string(writes) + " writes");
    this->run_two(Way::kDoubles);
    ASSERT_TRUE(this->upgrade({.accepts_differences = true})->is_serving);
    this->kv_->fail_writes(Error{Code::kUnavailable, "killed"}, writes);
    const auto back = this->tables_->upgrades().rollback(kTable);
    this->run_two(Way::kDoubles);
    EXPECT_EQ(this->cents("a7"), back ? 5 : 10);
    EXPECT_EQ(this->versions(), back ? "1 live" : "1 retired, 2 live");
    EXPECT_EQ(this->rows_in("mod_main_totals@2"), back ? 0u : 50u);
    this->expect_equal();
  }
}

TYPED_TEST(TableUpgradesOn, AWatchEndsWithTheVersionThatItWatches) {
  this->run_two(Way::kDoubles);
  const auto first = this->watch();
  EXPECT_EQ(this->take(*first).value(), Taken::kAllRows);
  ASSERT_TRUE(this->upgrade({.rehearses = true, .accepts_differences = true}));
  this->append({commit_of("a7", {2}, {paid(1)})});
  EXPECT_EQ(this->take(*first).value(), Taken::kChanges) << "a rehearsal is nothing to it";
  EXPECT_THAT(this->keys_, testing::ElementsAre("a7"));
  const std::string token = first->resume_token(this->taken_);

  ASSERT_TRUE(this->upgrade({.accepts_differences = true})->is_serving);
  const auto ended = this->take(*first);
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kUnavailable);
  EXPECT_THAT(ended.error().message, HasSubstr("another version of table mod_main_totals"));
  const auto next = this->watch();
  ASSERT_TRUE(next->resume(token));
  EXPECT_EQ(this->take(*next).value(), Taken::kAllRows) << "its rows are others";
  this->append({commit_of("a7", {3}, {paid(1)})});
  EXPECT_EQ(this->take(*next).value(), Taken::kChanges);

  ASSERT_TRUE(this->tables_->upgrades().rollback(kTable));
  EXPECT_EQ(this->take(*next).error().code, Code::kUnavailable) << "though it is dropped";
  EXPECT_EQ(this->take(*this->watch()).value(), Taken::kAllRows);
  EXPECT_EQ(this->cents("a7"), 7);
}

TYPED_TEST(TableUpgradesOn, TheFormerVersionServesAgainAtOnce) {
  this->run_two(Way::kDoubles);
  EXPECT_EQ(this->tables_->upgrades().rollback(kTable).error().code, Code::kFailedPrecondition);
  ASSERT_TRUE(this->upgrade({.accepts_differences = true})->is_serving);
  this->append({commit_of("a7", {2}, {paid(1)})});
  EXPECT_EQ(this->cents("a7"), 12);
  const auto report = this->tables_->upgrades().rollback(kTable);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->from, 2u);
  EXPECT_EQ(report->to, 1u);
  EXPECT_EQ(report->position, Position{101});
  EXPECT_EQ(this->cents("a7"), 6) << "it has followed the log";
  EXPECT_EQ(this->versions(), "1 live");
  EXPECT_EQ(this->rows_in("mod_main_totals@2"), 0u);
  this->run_two(Way::kDoubles);
  EXPECT_EQ(this->cents("a7"), 6) << "a start keeps to it";
  ASSERT_TRUE(this->upgrade({.accepts_differences = true})->is_serving);
  EXPECT_EQ(this->cents("a7"), 12);
}

TYPED_TEST(TableUpgradesOn, AStartGoesOnWithBothAndARebuildMakesBothAnew) {
  this->run_two(Way::kDoubles);
  ASSERT_TRUE(this->upgrade({.accepts_differences = true})->is_serving);
  this->run_two(Way::kDoubles);
  EXPECT_EQ(this->versions(), "1 retired, 2 live");
  this->append({commit_of("a7", {2}, {paid(1)})});
  ASSERT_TRUE(this->tables_->rebuild(kTable, {}));
  EXPECT_EQ(this->cents("a7"), 12);
  ASSERT_TRUE(this->tables_->upgrades().rollback(kTable));
  EXPECT_EQ(this->cents("a7"), 6);
  this->expect_equal();
}

TYPED_TEST(TableUpgradesOn, ARetiredVersionIsDroppedWhenItIsTold) {
  this->run_two(Way::kDoubles);
  TableUpgrades& upgrades = this->tables_->upgrades();
  EXPECT_EQ(upgrades.purge(kTable, 1).error().code, Code::kFailedPrecondition) << "it serves";
  EXPECT_EQ(upgrades.purge(kTable, 7).error().code, Code::kNotFound);
  ASSERT_TRUE(this->upgrade({.accepts_differences = true})->is_serving);
  ASSERT_TRUE(upgrades.purge(kTable, 1));
  EXPECT_EQ(this->versions(), "2 live");
  EXPECT_EQ(this->rows_in("mod_main_totals@1"), 0u);
  EXPECT_EQ(upgrades.rollback(kTable).error().code, Code::kFailedPrecondition);
  EXPECT_EQ(this->cents("a7"), 10);
  this->run_two(Way::kDoubles);
  EXPECT_EQ(this->cents("a7"), 10) << "a start keeps to it";
}

TYPED_TEST(TableUpgradesOn, AnOlderProgramLeavesTheNewerVersionUntouched) {
  this->run_two(Way::kDoubles);
  ASSERT_TRUE(this->upgrade({.accepts_differences = true})->is_serving);
  this->run({std::make_shared<Totals>(1, Way::kSame)});
  EXPECT_EQ(this->versions(), "1 live, 2 detached");
  this->append({commit_of("a7", {2}, {paid(1)})});
  EXPECT_EQ(this->cents("a7"), 6);
  EXPECT_EQ(this->rows_in("mod_main_totals@2"), 50u);
  EXPECT_EQ(this->tables_->upgrades().purge(kTable, 2).error().code, Code::kFailedPrecondition);
  // The newer program comes back: its version serves, and knows what happened.
  this->run_two(Way::kDoubles);
  EXPECT_EQ(this->versions(), "1 retired, 2 live");
  EXPECT_EQ(this->cents("a7"), 12);
  this->expect_equal();
}

TYPED_TEST(TableUpgradesOn, AProgramWithoutTheOlderCodeRetiresItsRows) {
  this->run({std::make_shared<Totals>(2, Way::kDoubles)});
  EXPECT_EQ(this->versions(), "1 retired, 2 live");
  EXPECT_EQ(this->cents("a7"), 10) << "built at the start";
  EXPECT_EQ(this->rows_in("mod_main_totals@1"), 50u);
  ASSERT_TRUE(this->tables_->upgrades().purge(kTable, 1));
  EXPECT_EQ(this->versions(), "2 live");
  EXPECT_EQ(this->rows_in("mod_main_totals@1"), 0u);
  EXPECT_EQ(this->rows_in("mod_main_totals@1.by_owner"), 0u);
}

TYPED_TEST(TableUpgradesOn, QueriesAndEventsGoOnWhileVersionsChange) {
  this->run_two(Way::kSame);
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::thread reader([&] {
    while (!done) {
      const auto rows =
          this->tables_->read([&](const KvReader& kv) { return this->newest_->table().size(kv); });
      if (!rows || *rows != 50) ++wrong;
    }
  });
  std::uint64_t version = 2;
  for (int i = 0; i < 10; ++i) {
    const auto report = this->upgrade();
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->is_serving) << report->refused;
    this->append({commit_of("a7", {version++}, {paid(1)})});
    ASSERT_TRUE(this->tables_->upgrades().rollback(kTable));
    this->append({commit_of("a7", {version++}, {paid(1)})});
  }
  done = true;
  reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(this->cents("a7"), 25);
  this->expect_equal();
}

TEST(StoreNames, TellTableVersionCopyAndIndex) {
  const auto parsed = parse_store_name("sys_timespace_places@12+.by_name");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->table, "sys_timespace_places");
  EXPECT_EQ(parsed->version, 12u);
  EXPECT_TRUE(parsed->is_second);
  EXPECT_EQ(parsed->index, "by_name");
  EXPECT_EQ(parse_store_name("t@1")->index, "");
  for (const char* other :
       {"mt.checkpoints", "sys_core.streams", "t@", "t@0", "t@x", "t@1x", "t@1."}) {
    EXPECT_FALSE(parse_store_name(other)) << other;
  }
}

}  // namespace
}  // namespace mt::test
