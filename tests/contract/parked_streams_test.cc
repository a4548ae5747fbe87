// What LiveTables promises of events that cannot be applied, on every log and store.
#include "projections/live_tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/contract/live_tables_fixture.h"

namespace mt {
namespace {

using test::commit_of;
using test::kLedger;
using test::kModule;
using test::kSecond;
using test::opened;
using test::paid;
using testing::HasSubstr;

template <typename Backend>
class ParkedContract : public test::LiveTablesOn<Backend> {};

TYPED_TEST_SUITE(ParkedContract, test::Backends, test::BackendNames);

TYPED_TEST(ParkedContract, AnEventThatCannotBeAppliedParksItsStreamInItsTableAlone) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(1)})});
  this->append_and_wait({commit_of("a", {2}, {paid(2, "poison")})});
  this->append_and_wait(this->payments("a", 3, 3));
  this->append_and_wait(this->payments("b", 0, 2));
  EXPECT_EQ(this->row("a")->cents(), 6) << "the other table goes on";
  EXPECT_EQ(this->row("b", true)->cents(), 2) << "and the other streams";
  EXPECT_EQ(this->row("a", true)->cents(), 1);
  EXPECT_EQ(this->state(kLedger).parked, 0u);
  EXPECT_EQ(this->state(kSecond).state, "live");
  EXPECT_EQ(this->state(kSecond).parked, 1u);
  EXPECT_EQ(this->state(kSecond).checkpoint, Position{8});

  for (int restarts = 0; restarts < 2; ++restarts) {
    const auto parked = this->tables_->parked("").value();
    ASSERT_EQ(parked.size(), 1u);
    EXPECT_EQ(parked[0].table, kSecond);
    EXPECT_EQ(parked[0].stream, test::stream("a"));
    EXPECT_EQ(parked[0].event.position, Position{3});
    EXPECT_EQ(parked[0].event.why, "apply threw: poisoned");
    EXPECT_EQ(parked[0].waiting, 4u);
    EXPECT_TRUE(this->tables_->parked(kLedger).value().empty());
    this->expect_equal(kSecond);  // but for what both leave out
    this->restart();
  }
}

TYPED_TEST(ParkedContract, ARetryAppliesWhatWaited) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(2, "poison"), paid(4)})});
  this->append_and_wait(this->payments("a", 3, 2));
  const auto failed = this->tables_->retry(kSecond, test::stream("a"));
  ASSERT_TRUE(failed) << failed.error().message;
  EXPECT_EQ(failed->applied, 0u);
  ASSERT_TRUE(failed->again) << "the cause is not mended";
  EXPECT_EQ(failed->again->attempts, 2u);
  EXPECT_EQ(this->tables_->parked(kSecond).value()[0].event.attempts, 2u);

  *this->cure_ = true;
  const auto retried = this->tables_->retry(kSecond, test::stream("a"));
  ASSERT_TRUE(retried) << retried.error().message;
  EXPECT_EQ(retried->applied, 4u);
  EXPECT_EQ(retried->event.position, Position{2});
  EXPECT_FALSE(retried->again);
  EXPECT_EQ(this->row("a", true)->cents(), 8);
  EXPECT_TRUE(this->tables_->parked("").value().empty());
  EXPECT_EQ(this->state(kSecond).parked, 0u);
  this->append_and_wait(this->payments("a", 5, 1));
  EXPECT_EQ(this->row("a", true)->cents(), 9);
  this->expect_equal(kSecond);
  this->restart();
  this->expect_equal(kSecond);
}

TYPED_TEST(ParkedContract, ARetryGoesUpToTheNextEventThatFails) {
  this->append_and_wait({commit_of(
      "a", {0}, {opened("ann"), paid(1, "poison"), paid(2), paid(4, "longkey"), paid(8)})});
  *this->cure_ = true;
  const auto retried = this->tables_->retry(kSecond, test::stream("a"));
  ASSERT_TRUE(retried) << retried.error().message;
  EXPECT_EQ(retried->applied, 2u);
  ASSERT_TRUE(retried->again);
  EXPECT_EQ(retried->again->position, Position{4});
  EXPECT_EQ(retried->again->attempts, 1u);
  EXPECT_EQ(this->row("a", true)->cents(), 3);
  EXPECT_EQ(this->row("a", true)->last_note(), "") << "nothing of the event that failed is left";
}

TYPED_TEST(ParkedContract, ADroppedEventIsLeftOutForGood) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(2, "poison"), paid(4)})});
  const Dropped why{"booked by hand", "operator", Time{std::chrono::seconds(7)}};
  const auto elsewhere = this->tables_->drop(kSecond, test::stream("a"), {3}, why);
  EXPECT_EQ(elsewhere.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(elsewhere.error().message, HasSubstr("waits at position 2 by now, not at 3"));
  const auto dropped = this->tables_->drop(kSecond, test::stream("a"), {2}, why);
  ASSERT_TRUE(dropped) << dropped.error().message;
  EXPECT_EQ(dropped->applied, 1u);
  EXPECT_FALSE(dropped->again);
  EXPECT_EQ(this->row("a", true)->cents(), 4);
  EXPECT_EQ(this->row("a")->cents(), 6) << "in this table alone";
  this->expect_equal(kSecond);
  *this->cure_ = true;
  ASSERT_TRUE(this->tables_->rebuild(kSecond, {}));
  EXPECT_EQ(this->row("a", true)->cents(), 4) << "a rebuild knows it";
  this->restart();
  EXPECT_EQ(this->row("a", true)->cents(), 4);
  this->expect_equal(kSecond);
}

TYPED_TEST(ParkedContract, ARebuildTriesParkedStreamsAgain) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(2, "poison"), paid(4)})});
  const auto in_vain = this->tables_->rebuild(kSecond, {});
  ASSERT_TRUE(in_vain) << in_vain.error().message;
  EXPECT_EQ(in_vain->parked, 1u);
  EXPECT_EQ(this->state(kSecond).parked, 1u);
  *this->cure_ = true;
  ASSERT_TRUE(this->tables_->rebuild(kSecond, {}));
  EXPECT_EQ(this->state(kSecond).parked, 0u);
  EXPECT_EQ(this->row("a", true)->cents(), 6);
  this->expect_equal(kSecond);
}

TYPED_TEST(ParkedContract, ATableThatIsBuiltAtTheStartParksToo) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(2, "longkey")}),
                         commit_of("b", {0}, {opened("bob")})});
  this->restart(2);
  EXPECT_EQ(this->state(kLedger).state, "live");
  EXPECT_EQ(this->state(kLedger).version, 2u);
  EXPECT_EQ(this->state(kLedger).parked, 1u);
  EXPECT_EQ(this->row("a")->cents(), 0);
  EXPECT_EQ(this->row("b")->owner(), "bob");
  this->expect_equal(kLedger);
}

TYPED_TEST(ParkedContract, OnlyAParkedStreamIsRetried) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann")})});
  const auto none = this->tables_->retry(kSecond, test::stream("a"));
  EXPECT_EQ(none.error().code, Code::kNotFound);
  EXPECT_THAT(none.error().message, HasSubstr("mtctl parked list"));
  EXPECT_EQ(this->tables_->retry("mod_none_table", test::stream("a")).error().code,
            Code::kNotFound);
  EXPECT_EQ(this->tables_->parked("mod_none_table").error().code, Code::kNotFound);
}

// Such a key once failed the transaction of all tables.
TYPED_TEST(ParkedContract, AKeyThatNoStoreTakesParksItsStreamAlone) {
  this->append_and_wait({commit_of("a", {0}, {opened("ann"), paid(1, "longkey")})});
  this->append_and_wait({commit_of("b", {0}, {opened("bob")})});
  const auto parked_streams = this->tables_->parked("").value();
  ASSERT_EQ(parked_streams.size(), 2u);
  for (const ParkedStream& parked : parked_streams) {
    EXPECT_EQ(parked.event.position, Position{2});
    EXPECT_THAT(parked.event.why, HasSubstr("a key has 603 bytes"));
  }
  for (const char* table : {kLedger, kSecond}) {
    EXPECT_EQ(this->state(table).parked, 1u);
    EXPECT_EQ(this->state(table).rows, 2u);
    this->expect_equal(table);
  }
  EXPECT_EQ(this->row("a")->payments(), 0u) << "nothing of the event that failed is left";
  EXPECT_EQ(this->tables_->failure(), "");
  EXPECT_EQ(this->tables_->applied(kModule), Position{3});
}

// A projection that fails for all events is not kept going for its own sake.
TYPED_TEST(ParkedContract, ATableWithTooManyParkedStreamsStopsAndARebuildMendsIt) {
  std::vector<Commit> commits;
  for (std::uint64_t i = 0; i <= ParkedStreams::kMost; ++i) {
    commits.push_back(commit_of(std::to_string(i), {0}, {paid(1, "poison")}));
  }
  this->append_and_wait(std::move(commits));
  EXPECT_EQ(this->state(kLedger).state, "live");
  EXPECT_EQ(this->state(kSecond).state, "failed");
  EXPECT_THAT(this->state(kSecond).failure, HasSubstr("more than 1000 streams"));
  EXPECT_EQ(this->tables_->failure(), "") << "the thread is well";
  EXPECT_EQ(this->tables_->verify(kSecond, {}).error().code, Code::kFailedPrecondition);
  EXPECT_FALSE(this->tables_->rebuild(kSecond, {})) << "the cause is not mended";
  this->restart();
  EXPECT_EQ(this->state(kSecond).state, "failed");
  *this->cure_ = true;
  ASSERT_TRUE(this->tables_->rebuild(kSecond, {}));
  EXPECT_EQ(this->state(kSecond).state, "live");
  this->expect_equal(kSecond);
}

}  // namespace
}  // namespace mt
