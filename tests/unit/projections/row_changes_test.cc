#include "projections/row_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> in(const RowChanges& changes, const RowRange& range) {
  std::vector<std::string> keys;
  changes.visit(range, [&](std::string_view key) {
    keys.emplace_back(key);
    return Scan::kGoOn;
  });
  return keys;
}

TEST(RowChanges, AreFoundByTheirKeys) {
  RowChanges changes;
  changes.add("a1", {}, {});
  changes.add("b1", {}, {});
  changes.add("a2", {}, {});
  EXPECT_THAT(in(changes, {0, ""}), ElementsAre("a1", "b1", "a2"));
  EXPECT_THAT(in(changes, {0, "a"}), ElementsAre("a1", "a2"));
  EXPECT_THAT(in(changes, {0, "c"}), IsEmpty());
}

TEST(RowChanges, AreFoundByWhereTheyWereAndWhereTheyAre) {
  RowChanges changes;
  changes.add("new", {}, {"ann", "1"});
  changes.add("moved", {"ann", "1"}, {"bob", "1"});
  changes.add("stayed", {"ann", "1"}, {"ann", "2"});
  changes.add("gone", {"cid", "3"}, {});
  EXPECT_THAT(in(changes, {1, "ann"}), ElementsAre("new", "moved", "stayed"));
  EXPECT_THAT(in(changes, {1, "bob"}), ElementsAre("moved"));
  EXPECT_THAT(in(changes, {1, "cid"}), ElementsAre("gone"));
  EXPECT_THAT(in(changes, {2, "1"}), ElementsAre("new", "moved", "stayed"));
  EXPECT_THAT(in(changes, {2, "2"}), ElementsAre("stayed"));
}

TEST(RowChanges, ARowWithoutAKeyIsNotInThatIndex) {
  RowChanges changes;
  changes.add("a", {}, {"", "1"});
  EXPECT_THAT(in(changes, {1, ""}), IsEmpty());
  EXPECT_THAT(in(changes, {2, ""}), ElementsAre("a"));
}

TEST(RowChanges, TouchARangeOrDoNot) {
  RowChanges changes;
  EXPECT_TRUE(changes.empty());
  EXPECT_FALSE(changes.touches({0, ""}));
  changes.add(std::string("k\0k", 3), {}, {std::string(600, 'x')});
  EXPECT_FALSE(changes.empty());
  EXPECT_TRUE(changes.touches({0, std::string("k\0", 2)}));
  EXPECT_TRUE(changes.touches({1, std::string(600, 'x')}));
  EXPECT_FALSE(changes.touches({1, "y"}));
}

}  // namespace
}  // namespace mt
