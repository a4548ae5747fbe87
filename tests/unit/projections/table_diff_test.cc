#include "projections/table_diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "events/memory/memory_stores.h"
#include "projections/store_cursor.h"

namespace mt {
namespace {

using Rows = std::map<std::string, std::string>;
const std::vector<StoreId> kStores{{1}, {2}};

void fill(MemoryStores& kv, StoreId store, const Rows& rows) {
  for (const auto& [key, value] : rows) kv.put(store, key, value);
}

TableDiff diff(const Rows& before, const Rows& after, std::size_t most = 10) {
  MemoryStores old_kv, new_kv;
  fill(old_kv, kStores[0], before);
  fill(new_kv, kStores[0], after);
  return diff_tables(old_kv, kStores, new_kv, kStores, most);
}

TEST(TableDiff, OfEqualTablesIsEmpty) {
  EXPECT_TRUE(diff({}, {}).is_empty());
  EXPECT_TRUE(diff({{"a", "1"}, {"b", "2"}}, {{"a", "1"}, {"b", "2"}}).is_empty());
}

TEST(TableDiff, TellsAddedLostAndChangedRowsApart) {
  const TableDiff found =
      diff({{"a", "1"}, {"b", "2"}, {"c", "3"}}, {{"b", "9"}, {"c", "3"}, {"d", "4"}});
  EXPECT_EQ(found.lost, 1u);
  EXPECT_EQ(found.changed, 1u);
  EXPECT_EQ(found.added, 1u);
  ASSERT_EQ(found.first.size(), 3u);
  EXPECT_EQ(found.first[0].key, "a");
  EXPECT_EQ(found.first[0].before, "1");
  EXPECT_FALSE(found.first[0].after);
  EXPECT_EQ(found.first[1].key, "b");
  EXPECT_EQ(found.first[1].before, "2");
  EXPECT_EQ(found.first[1].after, "9");
  EXPECT_EQ(found.first[2].key, "d");
  EXPECT_FALSE(found.first[2].before);
  EXPECT_EQ(found.first[2].after, "4");
}

TEST(TableDiff, CountsAllAndKeepsTheFirst) {
  Rows many;
  for (int i = 0; i < 5'000; ++i) many.emplace(std::to_string(100'000 + i), "x");
  const TableDiff found = diff({}, many, 3);
  EXPECT_EQ(found.added, 5'000u);
  ASSERT_EQ(found.first.size(), 3u);
  EXPECT_EQ(found.first[2].key, "100002");
}

TEST(TableDiff, ComparesTheIndexesOfEqualRows) {
  MemoryStores before, after;
  fill(before, kStores[0], {{"a", "1"}});
  fill(after, kStores[0], {{"a", "1"}});
  fill(before, kStores[1], {{"stray", ""}});
  const TableDiff found = diff_tables(before, kStores, after, kStores, 10);
  EXPECT_EQ(found.lost, 1u);
  EXPECT_EQ(found.first.at(0).store, 1u);
  EXPECT_EQ(found.first.at(0).key, "stray");
}

TEST(TableDiff, FindsWhatRandomChangesDid) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    Rows before, after;
    std::size_t lost = 0, changed = 0, added = 0;
    for (int i = 0; i < 300; ++i) {
      const std::string key = std::to_string(random() % 1'000'000);
      if (before.contains(key) || after.contains(key)) continue;
      const auto kind = random() % 4;
      if (kind != 0) before[key] = "old";
      if (kind != 1) after[key] = kind == 2 ? "new" : "old";
      if (kind == 0) ++added;
      if (kind == 1) ++lost;
      if (kind == 2) ++changed;
    }
    const TableDiff found = diff(before, after);
    EXPECT_EQ(found.lost, lost);
    EXPECT_EQ(found.changed, changed);
    EXPECT_EQ(found.added, added);
  }
}

TEST(StoreCursor, ReadsOnInPieces) {
  MemoryStores kv;
  for (char c = 'a'; c <= 'j'; ++c) kv.put({1}, std::string(1, c), std::string(1, c));
  std::string all;
  for (StoreCursor cursor(kv, {1}, 3); !cursor.is_end(); cursor.next()) all += cursor.value();
  EXPECT_EQ(all, "abcdefghij");
  EXPECT_TRUE(StoreCursor(kv, {2}).is_end());
}

}  // namespace
}  // namespace mt
