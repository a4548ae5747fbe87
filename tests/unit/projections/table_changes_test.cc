#include "projections/table_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "events/memory/memory_stores.h"

namespace mt {
namespace {

using Taken = TableWatch::Taken;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::milliseconds kLong{60'000};
constexpr std::chrono::milliseconds kNow{0};

class TableChangesTest : public testing::Test {
 protected:
  using Keys = std::set<std::string, std::less<>>;

  // A transaction that changes these rows and brings the table to a position.
  void commit(std::uint64_t reached, const std::vector<std::string>& keys) {
    note(keys);
    changes_.publish({reached});
  }
  bool note(const std::vector<std::string>& keys) {
    RowNotes* notes = changes_.begin();
    for (const std::string& key : keys) {
      if (notes != nullptr) notes->row_changed(key, {}, {});
    }
    return notes != nullptr;
  }
  // What a watch takes in a view at that position.
  Taken take(TableWatch& watch, std::uint64_t position, Keys& keys) {
    keys.clear();
    view_ = {position};
    Position seen;
    const Taken taken = watch.take(MemoryStores(), seen, keys).value();
    EXPECT_EQ(seen, view_);
    return taken;
  }
  auto position_in() {
    return [this](const KvReader&) -> Result<Position> { return view_; };
  }

  TableChanges changes_{200};
  Position view_;  // what the next view holds
  Keys keys_;
};

TEST_F(TableChangesTest, NothingIsNotedWhileNobodyWatches) {
  EXPECT_FALSE(note({"a"}));
  changes_.publish({1});
  {
    TableWatch watch(changes_, {0, ""}, position_in());
    EXPECT_TRUE(note({"a"}));
    changes_.publish({2});
  }
}

TEST_F(TableChangesTest, AWatchBeginsWithAllRowsAndTakesEachChangeOnce) {
  commit(1, {"a"});
  TableWatch watch(changes_, {0, ""}, position_in());
  EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows);
  commit(2, {"b", "a", "b"});
  commit(3, {"c"});
  EXPECT_EQ(take(watch, 3, keys_), Taken::kChanges);
  EXPECT_THAT(keys_, ElementsAre("a", "b", "c"));
  EXPECT_EQ(take(watch, 3, keys_), Taken::kChanges);
  EXPECT_THAT(keys_, IsEmpty());
}

TEST_F(TableChangesTest, AWatchSeesNoFurtherThanItsView) {
  commit(1, {});
  TableWatch watch(changes_, {0, ""}, position_in());
  EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows);
  commit(2, {"a"});
  commit(3, {"b"});
  EXPECT_EQ(take(watch, 2, keys_), Taken::kChanges);
  EXPECT_THAT(keys_, ElementsAre("a"));
  EXPECT_TRUE(watch.wait_for_changes(kNow)) << "there is more to take";
  EXPECT_EQ(take(watch, 3, keys_), Taken::kChanges);
  EXPECT_THAT(keys_, ElementsAre("b"));
  EXPECT_FALSE(watch.wait_for_changes(kNow));
}

TEST_F(TableChangesTest, AViewAheadOfWhatWasPublishedWaits) {
  commit(1, {});
  TableWatch watch(changes_, {0, ""}, position_in());
  EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows);
  // Committed, and seen by the view, before it is published.
  note({"a"});
  EXPECT_EQ(take(watch, 2, keys_), Taken::kNotYet);
  const auto published = std::async(std::launch::async, [&] { changes_.publish({2}); });
  watch.wait_for_publication({2}, kLong);
  EXPECT_EQ(take(watch, 2, keys_), Taken::kChanges);
  EXPECT_THAT(keys_, ElementsAre("a"));
}

TEST_F(TableChangesTest, AWatchThatComesAmidATransactionBeginsAnewAfterIt) {
  commit(1, {});
  EXPECT_FALSE(note({"a"}));
  TableWatch watch(changes_, {0, ""}, position_in());
  EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows);
  EXPECT_FALSE(watch.wait_for_changes(kNow));
  changes_.publish({2});
  EXPECT_TRUE(watch.wait_for_changes(kNow));
  EXPECT_EQ(take(watch, 2, keys_), Taken::kAllRows);
}

TEST_F(TableChangesTest, IsOnlyWokenByWhatItsRangeHolds) {
  commit(1, {});
  TableWatch a(changes_, {0, "a"}, position_in());
  TableWatch b(changes_, {0, "b"}, position_in());
  EXPECT_EQ(take(a, 1, keys_), Taken::kAllRows);
  EXPECT_EQ(take(b, 1, keys_), Taken::kAllRows);
  commit(2, {"a1"});
  EXPECT_TRUE(a.wait_for_changes(kNow));
  EXPECT_FALSE(b.wait_for_changes(kNow));
  EXPECT_EQ(take(a, 2, keys_), Taken::kChanges);
  EXPECT_THAT(keys_, ElementsAre("a1"));
}

TEST_F(TableChangesTest, AWatchThatFallsTooFarBehindBeginsAnew) {
  commit(1, {});
  TableWatch slow(changes_, {0, ""}, position_in());
  TableWatch elsewhere(changes_, {0, "z"}, position_in());
  EXPECT_EQ(take(slow, 1, keys_), Taken::kAllRows);
  EXPECT_EQ(take(elsewhere, 1, keys_), Taken::kAllRows);
  for (std::uint64_t at = 2; at < 40; ++at) commit(at, {"row" + std::to_string(at)});
  EXPECT_EQ(take(slow, 39, keys_), Taken::kAllRows);
  EXPECT_THAT(keys_, IsEmpty());
  commit(40, {"z"});
  EXPECT_EQ(take(elsewhere, 40, keys_), Taken::kChanges) << "none of it was in its range";
  EXPECT_THAT(keys_, ElementsAre("z"));
}

TEST_F(TableChangesTest, OneLargeTransactionIsTooFar) {
  commit(1, {});
  TableWatch watch(changes_, {0, ""}, position_in());
  EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows);
  commit(2, {std::string(300, 'k')});
  EXPECT_EQ(take(watch, 2, keys_), Taken::kAllRows);
}

TEST_F(TableChangesTest, WhoeverLeftGoesOnFromItsToken) {
  commit(1, {});
  std::string token;
  {
    TableWatch watch(changes_, {0, ""}, position_in());
    EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows);
    commit(2, {"a"});
    EXPECT_EQ(take(watch, 2, keys_), Taken::kChanges);
    token = watch.resume_token({2});
  }
  commit(3, {"b"});
  commit(4, {"c"});
  TableWatch again(changes_, {0, ""}, position_in());
  ASSERT_TRUE(again.resume(token));
  EXPECT_EQ(take(again, 4, keys_), Taken::kChanges);
  EXPECT_THAT(keys_, ElementsAre("b", "c"));
}

TEST_F(TableChangesTest, NotesOnOnlyWhileWhoeverLeftCouldGoOn) {
  commit(1, {});
  std::string token;
  {
    TableWatch watch(changes_, {0, ""}, position_in());
    EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows);
    token = watch.resume_token({1});
  }
  std::uint64_t at = 1;
  while (note({"row" + std::to_string(at)})) changes_.publish({++at});
  EXPECT_GT(at, 5u);
  changes_.publish({++at});
  TableWatch again(changes_, {0, ""}, position_in());
  ASSERT_TRUE(again.resume(token));
  EXPECT_EQ(take(again, at, keys_), Taken::kAllRows);
}

TEST_F(TableChangesTest, ATokenOfAnotherRunOrOfTheFutureBeginsWithAllRows) {
  commit(1, {});
  TableChanges other(200);
  TableWatch elsewhere(other, {0, ""}, position_in());
  TableWatch watch(changes_, {0, ""}, position_in());
  for (const std::string& token :
       {elsewhere.resume_token({1}), watch.resume_token({2}), std::string("1.0")}) {
    TableWatch one(changes_, {0, ""}, position_in());
    ASSERT_TRUE(one.resume(token)) << token;
    EXPECT_EQ(take(one, 1, keys_), Taken::kAllRows) << token;
  }
}

TEST_F(TableChangesTest, ATokenOfAnotherRangeBeginsWithAllRows) {
  commit(1, {"a", "b"});
  TableWatch a(changes_, {0, "a"}, position_in());
  EXPECT_EQ(take(a, 1, keys_), Taken::kAllRows);
  for (const RowRange& other : {RowRange{0, "b"}, RowRange{0, ""}, RowRange{1, "a"}}) {
    TableWatch watch(changes_, other, position_in());
    ASSERT_TRUE(watch.resume(a.resume_token({1})));
    EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows) << "nobody told it of these rows";
  }
}

TEST_F(TableChangesTest, WhatIsNoTokenIsRefused) {
  TableWatch watch(changes_, {0, ""}, position_in());
  for (const char* token : {".", "1", "1.", ".1", "x.1", "1.x", "-1.1", "1.1.1", "1 .1",
                            "18446744073709551616.1", "1.10000000000000000"}) {
    const auto resumed = watch.resume(token);
    ASSERT_FALSE(resumed) << token;
    EXPECT_EQ(resumed.error().code, Code::kInvalidArgument);
  }
}

TEST_F(TableChangesTest, AfterAReplacementAllBeginAnew) {
  commit(1, {});
  TableWatch watch(changes_, {0, ""}, position_in());
  EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows);
  const std::string token = watch.resume_token({1});
  {
    const TableChanges::Replacing replacing(changes_, {1});
    EXPECT_EQ(take(watch, 1, keys_), Taken::kNotYet) << "the view may hold the old rows or the new";
  }
  EXPECT_TRUE(watch.wait_for_changes(kNow));
  EXPECT_EQ(take(watch, 1, keys_), Taken::kNotYet) << "this one too";
  EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows);
  TableWatch again(changes_, {0, ""}, position_in());
  ASSERT_TRUE(again.resume(token));
  EXPECT_EQ(take(again, 1, keys_), Taken::kAllRows);
}

TEST_F(TableChangesTest, EndsItsWatchesAndSaysWhy) {
  commit(1, {});
  TableWatch watch(changes_, {0, ""}, position_in());
  EXPECT_EQ(take(watch, 1, keys_), Taken::kAllRows);
  const auto closed = std::async(std::launch::async, [&] {
    changes_.close(unavailable("the disk is full"));
    changes_.close(unavailable("the server is stopping"));
  });
  EXPECT_TRUE(watch.wait_for_changes(kLong));
  watch.wait_for_publication({99}, kLong);
  Position seen;
  const auto taken = watch.take(MemoryStores(), seen, keys_);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::kUnavailable);
  EXPECT_EQ(taken.error().message, "the disk is full");
}

}  // namespace
}  // namespace mt
