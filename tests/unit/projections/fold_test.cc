#include "projections/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <thread>

#include "events/memory/memory_kv.h"
#include "events/memory/memory_log.h"
#include "projections/checkpoints.h"
#include "projections/live_table.h"
#include "projections/rebuild.h"
#include "tests/fixture/ledger.h"

namespace mt {
namespace {

using test::commit_of;
using test::Ledger;
using test::paid;
using testing::HasSubstr;

const ModuleName kModule{"mod_main"};

class Fold : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(log_.open(kModule));
    ledger_->table().bind(ledger_->table().open(kv_, 1).value());
  }
  void append(std::vector<StoredEvent> events) { append("a", std::move(events)); }
  void append(const std::string& id, std::vector<StoredEvent> events) {
    const Version before = versions_[id];
    versions_[id] = before + events.size();
    CommitRecord record =
        test::record(log_.head(kModule) + 1, commit_of(id, before, std::move(events)));
    const LogAppend append{kModule, &record};
    ASSERT_TRUE(log_.append({&append, 1}));
  }
  Result<void> fold(Position after, Position to, const OnFold& progress = {}) {
    FoldMeter meter("mod_main_ledger", to, progress, {}, std::chrono::milliseconds(0));
    return kv_.write([&](KvWriter& kv) -> Result<void> {
      MT_TRY(const Folded folded, fold_range(log_, table_, after, to, parked_, kv, meter));
      EXPECT_EQ(folded, Folded::kAll);
      return {};
    });
  }
  std::int64_t cents(const std::string& id = "a") {
    const auto row = ledger_->table().get(*kv_.read(), id);
    return row ? row->cents() : 0;
  }

  MemoryLog log_;
  MemoryKv kv_;
  std::shared_ptr<Ledger> ledger_ = std::make_shared<Ledger>();
  LiveTable table_{kModule, nullptr, ledger_};
  std::map<std::string, Version> versions_;
  const OnFold none_;
  ParkedStreams parked_;
};

TEST_F(Fold, AppliesTheEventsBetweenTwoPositions) {
  append({paid(1), paid(2)});
  append({paid(4)});
  append({paid(8)});
  ASSERT_TRUE(fold({0}, {3}));
  EXPECT_EQ(cents(), 7);
  ASSERT_TRUE(fold({3}, {3})) << "nothing is left";
  EXPECT_EQ(cents(), 7);
  ASSERT_TRUE(fold({3}, {4}));
  EXPECT_EQ(cents(), 15);
}

TEST_F(Fold, BeginsInsideARecord) {
  append({paid(1), paid(2), paid(4)});
  ASSERT_TRUE(fold({2}, {3}));
  EXPECT_EQ(cents(), 4);
}

TEST_F(Fold, GivesEachEventItsPlaceTimeAndOrigin) {
  class Seen final : public Projection {
   public:
    TableBase& table() override { return table_; }
    Result<void> apply(const StoredEvent& event, const EventMeta& meta, KvWriter&) override {
      EXPECT_EQ(event.type, "Paid");
      positions.push_back(meta.position);
      versions.push_back(meta.version);
      EXPECT_EQ(meta.stream, test::stream("a"));
      EXPECT_EQ(meta.origin.actor, "operator");
      EXPECT_EQ(meta.command.value, "of ledger/a 1");
      EXPECT_EQ(meta.time, test::record({2}, {}).time);
      return {};
    }
    std::vector<Position> positions;
    std::vector<Version> versions;

   private:
    Table<test::LedgerRow> table_ = test::ledger_table("mod_main_seen");
  };
  append({paid(1)});
  append({paid(2), paid(4)});
  const auto seen = std::make_shared<Seen>();
  LiveTable table(kModule, nullptr, seen);
  const OnFold none;
  FoldMeter meter("mod_main_seen", {3}, none);
  Position at{1};
  ASSERT_TRUE(kv_.write([&](KvWriter& kv) -> Result<void> {
    MT_CHECK_OK(fold_range(log_, table, at, {3}, parked_, kv, meter));
    return {};
  }));
  EXPECT_EQ(seen->positions, (std::vector<Position>{{2}, {3}}));
  EXPECT_EQ(seen->versions, (std::vector<Version>{{2}, {3}}));
}

TEST_F(Fold, ParksTheStreamOfAnEventThatFailsAndGoesOnWithTheOthers) {
  append({paid(1), paid(2, "poison"), paid(4)});
  append("b", {paid(8)});
  append({paid(16)});
  ASSERT_TRUE(fold({0}, {5}));
  EXPECT_EQ(cents(), 1);
  EXPECT_EQ(cents("b"), 8);
  const ParkedEvent* parked = parked_.find(test::stream("a"));
  ASSERT_NE(parked, nullptr);
  EXPECT_EQ(parked->position, Position{2});
  EXPECT_EQ(parked->version, Version{2});
  EXPECT_EQ(parked->type, "Paid");
  EXPECT_EQ(parked->why, "apply threw: poisoned");
  EXPECT_EQ(parked->attempts, 1u);
  EXPECT_TRUE(parked_.is_changed());
}

TEST_F(Fold, LeavesOutWhatWasDropped) {
  append({paid(1), paid(2, "poison"), paid(4)});
  parked_.drop({2});
  ASSERT_TRUE(fold({0}, {3}));
  EXPECT_EQ(cents(), 5);
  EXPECT_TRUE(parked_.streams().empty());
}

TEST_F(Fold, AFixedOneSaysWhichEventItCouldNotApply) {
  append({paid(1), paid(2, "poison")});
  parked_.fix();
  const auto folded = fold({0}, {2});
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().code, Code::kInternal);
  EXPECT_THAT(folded.error().message,
              HasSubstr("mod_main_ledger stopped at position 2 of mod_main (Paid): apply threw: "
                        "poisoned"));
}

// The row is written before an index key turns out to be too long.
TEST_F(Fold, TakesBackWhatAnApplyWroteBeforeItFailed) {
  append({paid(1)});
  append({paid(2, "longkey")});
  append("b", {paid(4)});
  FoldMeter meter("mod_main_ledger", {3}, none_);
  ASSERT_FALSE(kv_.write([&](KvWriter& kv) -> Result<void> {
    Position at;
    const auto folded = fold_range(log_, table_, at, {3}, parked_, kv, meter);
    EXPECT_EQ(folded.value_or(Folded::kAll), Folded::kBeginAgain);
    return aborted("begin again");
  }));
  ASSERT_TRUE(fold({0}, {3})) << "it is careful now";
  EXPECT_EQ(cents(), 1);
  EXPECT_EQ(cents("b"), 4);
  EXPECT_THAT(parked_.find(test::stream("a"))->why, HasSubstr("a key has 603 bytes"));
  const auto kv = kv_.read();
  for (const StoreId index : {ledger_->table().stores()[1], ledger_->table().stores()[2]}) {
    kv->scan(index, {}, {}, Order::kForward, [](std::string_view key, std::string_view) {
      EXPECT_LT(key.size(), 100u);
      return Scan::kGoOn;
    });
  }
  EXPECT_EQ(kv->size(ledger_->table().stores()[2]), 2u);
}

TEST_F(Fold, StopsTheTableWhenTooManyStreamsCannotBeApplied) {
  const std::uint64_t most = ParkedStreams::kMost;
  for (std::uint64_t i = 0; i <= most; ++i) append(std::to_string(i), {paid(1, "poison")});
  ASSERT_TRUE(fold({0}, {most}));
  EXPECT_EQ(parked_.streams().size(), most);
  const auto stopped = fold({most}, {most + 1});
  ASSERT_FALSE(stopped);
  EXPECT_THAT(stopped.error().message, HasSubstr("more than 1000 streams cannot be applied"));
  EXPECT_THAT(stopped.error().message, HasSubstr("mtctl projection rebuild mod_main_ledger"));
}

TEST_F(Fold, ServesNoDamagedRecord) {
  append({paid(1)});
  append({paid(2)});
  append({paid(4)});
  log_.bytes_at(kModule, {2})[50] ^= 1;
  const auto folded = fold({0}, {3});
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().code, Code::kDataLoss);
  EXPECT_THAT(folded.error().message, HasSubstr("position 2 of mod_main's log"));
}

TEST_F(Fold, AsksWhetherToGoOnAndStopsWhenToldTo) {
  for (int i = 0; i < 2'000; ++i) append({paid(1)});
  int reports = 0;
  const auto folded = fold({0}, {2'000}, [&](const FoldProgress& progress) {
    EXPECT_EQ(progress.what, "mod_main_ledger");
    EXPECT_EQ(progress.head, Position{2'000});
    EXPECT_LT(progress.position, progress.head);
    return ++reports < 2;
  });
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().code, Code::kCancelled);
  EXPECT_EQ(reports, 2);
  EXPECT_EQ(cents(), 0) << "the transaction was taken back";
}

// A ledger whose every event takes its time, so that a fold of some hundred is due a report.
class SlowLedger final : public Projection {
 public:
  TableBase& table() override { return ledger_.table(); }
  Result<void> apply(const StoredEvent& event, const EventMeta& meta, KvWriter& kv) override {
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(500);
    while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return ledger_.apply(event, meta, kv);
  }

 private:
  Ledger ledger_;
};

// A client that did not read the progress once held up all tables, whose thread sent it.
TEST_F(Fold, SaysNothingOfThePartThatTheTablesThreadFolds) {
  for (int i = 0; i < 300; ++i) append({paid(1)});
  LiveTable table(kModule, nullptr, std::make_shared<SlowLedger>());
  table.projection().table().bind(table.projection().table().open(kv_, 1).value());
  int told = 0;
  const OnFold progress = [&](const FoldProgress&) { return ++told > 0; };
  FoldedTable quiet(log_, table, {300}, progress, {});
  ASSERT_TRUE(quiet.advance_quietly({300}));
  EXPECT_EQ(told, 0);
  FoldedTable loud(log_, table, {300}, progress, {});
  ASSERT_TRUE(loud.advance({300}));
  EXPECT_GT(told, 0);
  EXPECT_EQ(quiet.hash(), loud.hash());
}

TEST(FoldMeter, ReportsSeldomAndOnceAtTheEnd) {
  std::vector<Position> reported;
  const OnFold progress = [&](const FoldProgress& at) {
    reported.push_back(at.position);
    EXPECT_GE(at.head, at.position);
    return true;
  };
  FoldMeter meter("t", {5}, progress, {}, std::chrono::hours(1));
  for (std::uint64_t i = 1; i <= 10'000; ++i) EXPECT_TRUE(meter.at({i}));
  EXPECT_TRUE(reported.empty());
  meter.finish({10'000});
  EXPECT_EQ(reported, (std::vector<Position>{{10'000}}));
}

TEST(FoldMeter, NeedsNobodyToReportTo) {
  const OnFold none;
  FoldMeter meter("t", {5}, none);
  for (std::uint64_t i = 1; i <= 1'000; ++i) EXPECT_TRUE(meter.at({i}));
  meter.finish({5});
}

TEST(Checkpoints, KeepPositionAndFailureOfEachTable) {
  MemoryKv kv;
  Checkpoints checkpoints;
  ASSERT_TRUE(checkpoints.open(kv));
  const StoreId store = kv.open("mt.checkpoints").value();
  const std::string one = Checkpoints::key_of("mod_main_ledger", 1);
  EXPECT_EQ(one, "mod_main_ledger@1");
  EXPECT_FALSE(checkpoints.get(*kv.read(), one));
  ASSERT_TRUE(kv.write([&](KvWriter& writer) -> Result<void> {
    checkpoints.put(writer, one, {7}, "why");
    checkpoints.put(writer, Checkpoints::key_of("mod_main_ledger", 2), {9}, "");
    writer.put(store, "broken@1", "\xff");
    return {};
  }));
  EXPECT_EQ(checkpoints.get(*kv.read(), one)->position(), 7u);
  EXPECT_EQ(checkpoints.get(*kv.read(), one)->failure(), "why");
  EXPECT_EQ(checkpoints.get(*kv.read(), "mod_main_ledger@2")->position(), 9u);
  EXPECT_FALSE(checkpoints.get(*kv.read(), "broken@1")) << "the table is built anew";
}

}  // namespace
}  // namespace mt
