#include "events/memory/sorted_entries.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace mt {
namespace {

using Model = std::map<std::string, std::string, std::less<>>;

void expect_same(const SortedEntries& entries, const Model& model) {
  ASSERT_EQ(entries.size(), model.size());
  auto expected = model.begin();
  for (auto at = entries.begin(); !entries.is_end(at); at = entries.next(at), ++expected) {
    ASSERT_NE(expected, model.end());
    ASSERT_EQ(entries.at(at).key, expected->first);
    ASSERT_EQ(entries.at(at).value, expected->second);
  }
  ASSERT_EQ(expected, model.end());
  auto back = model.rbegin();
  for (auto at = entries.end(); !entries.is_begin(at); ++back) {
    at = entries.previous(at);
    ASSERT_EQ(entries.at(at).key, back->first);
  }
  ASSERT_EQ(back, model.rend());
}

// Many small entries, few large ones, values that grow and shrink.
class SortedEntriesModel : public testing::TestWithParam<std::size_t> {};

TEST_P(SortedEntriesModel, IsAnOrderedMap) {
  std::mt19937_64 random(GetParam());
  SortedEntries entries;
  Model model;
  for (int i = 0; i < 20'000; ++i) {
    const std::string key = "key " + std::to_string(random() % 2'000);
    const auto found = model.find(key);
    ASSERT_EQ(entries.find(key),
              found == model.end() ? std::nullopt : std::optional<std::string_view>(found->second));
    // Phases of growth and of decay.
    if (random() % 10 < (i / 4'000 % 2 == 0 ? 2u : 7u)) {
      ASSERT_EQ(entries.erase(key), model.erase(key) == 1);
    } else {
      const std::string value(random() % GetParam(), static_cast<char>('a' + random() % 26));
      entries.put(key, value);
      model[key] = value;
    }
    if (i % 5'000 == 0) expect_same(entries, model);
    const std::string wanted = "key " + std::to_string(random() % 3'000);
    const auto at = entries.lower_bound(wanted);
    const auto expected = model.lower_bound(wanted);
    ASSERT_EQ(entries.is_end(at), expected == model.end());
    const bool is_there = !entries.is_end(at);
    ASSERT_EQ(is_there ? entries.at(at).key : "", is_there ? expected->first : "");
  }
  expect_same(entries, model);
  for (const auto& [key, value] : model) ASSERT_TRUE(entries.erase(key));
  expect_same(entries, {});
}

INSTANTIATE_TEST_SUITE_P(Values, SortedEntriesModel, testing::Values(1, 12, 300, 20'000));

TEST(SortedEntries, IsEmptyAtFirst) {
  const SortedEntries entries;
  EXPECT_EQ(entries.size(), 0u);
  EXPECT_TRUE(entries.is_end(entries.begin()));
  EXPECT_TRUE(entries.is_end(entries.lower_bound("a")));
  EXPECT_FALSE(entries.find("a"));
}

TEST(SortedEntries, TakesAValueOutOfItself) {
  SortedEntries entries;
  entries.put("a", std::string(5'000, 'x'));
  for (int i = 0; i < 40; ++i) entries.put("b" + std::to_string(i), *entries.find("a"));
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(entries.find("b" + std::to_string(i)), std::string(5'000, 'x'));
  }
}

// A block of one entry once kept all that had stood in its place, without an end.
TEST(SortedEntries, ForgetsWhatWasReplacedOrErasedHoweverFewThereAre) {
  SortedEntries replaced, passing;
  for (std::size_t i = 1; i <= 10'000; ++i) {
    replaced.put("one", std::string(1'000 + i % 7, 'x'));
    passing.put(std::to_string(i), std::string(1'000, 'x'));
    passing.erase(std::to_string(i - 1));
  }
  EXPECT_EQ(passing.size(), 1u);
  EXPECT_LT(replaced.bytes(), 20'000u);
  EXPECT_LT(passing.bytes(), 20'000u);
}

TEST(SortedEntries, ACopyStandsAlone) {
  SortedEntries one;
  for (int i = 0; i < 1'000; ++i) one.put(std::to_string(i), "one");
  SortedEntries other = one;
  other.put("5", "other");
  other.erase("6");
  EXPECT_EQ(one.find("5"), "one");
  EXPECT_EQ(one.find("6"), "one");
  EXPECT_EQ(other.find("5"), "other");
  EXPECT_EQ(other.size(), 999u);
}

}  // namespace
}  // namespace mt
