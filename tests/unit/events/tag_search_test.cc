#include "events/tag_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace mt {
namespace {

struct Event {
  std::string type;
  std::vector<std::string> tags;
};

// Events at the positions 1, 2, 3, …, and the plainest index of them.
class Events {
 public:
  explicit Events(std::vector<Event> all) : all_(std::move(all)) {}

  std::optional<TaggedEvent> next(const std::string& tag, Position after) const {
    ++looked_up;
    for (std::size_t i = after.value; i < all_.size(); ++i) {
      if (std::ranges::count(all_[i].tags, tag) > 0) return TaggedEvent{{i + 1}, all_[i].type};
    }
    return std::nullopt;
  }
  std::vector<std::uint64_t> matching(const TagQuery& query, Position after) const {
    std::vector<std::uint64_t> found;
    for (std::size_t i = after.value; i < all_.size(); ++i) {
      if (query.matches(all_[i].type, all_[i].tags)) found.push_back(i + 1);
    }
    return found;
  }
  std::vector<std::uint64_t> found(const TagQuery& query, Position after,
                                   std::size_t most_steps = 1'000'000) const {
    TagSearch search = begin(query, after, most_steps);
    std::vector<std::uint64_t> found;
    while (const auto match = search.next()) found.push_back(match->at.value);
    gave_up = search.gave_up();
    return found;
  }
  TagSearch begin(const TagQuery& query, Position after, std::size_t most_steps) const {
    return {query, after, [this](const std::string& tag, Position from) { return next(tag, from); },
            most_steps};
  }

  mutable std::size_t looked_up = 0;
  mutable bool gave_up = false;

 private:
  std::vector<Event> all_;
};

TEST(TagSearch, FindsMatchesInTheOrderOfTheLogEachOnce) {
  const Events events(
      {{"Paid", {"a"}}, {"Sent", {"a", "b"}}, {"Paid", {"b"}}, {"Paid", {"a", "b"}}, {"Lost", {}}});
  using Found = std::vector<std::uint64_t>;
  EXPECT_EQ(events.found(tagged("a"), {0}), (Found{1, 2, 4}));
  EXPECT_EQ(events.found(tagged("a"), {2}), (Found{4}));
  EXPECT_EQ(events.found({{{.tags = {"a", "b"}}}}, {0}), (Found{2, 4}));
  EXPECT_EQ(events.found({{{.tags = {"b"}, .types = {"Paid"}}}}, {0}), (Found{3, 4}));
  EXPECT_EQ(events.found({{{.tags = {"b"}}, {.tags = {"a"}}}}, {0}), (Found{1, 2, 3, 4}));
  EXPECT_EQ(events.found(tagged("c"), {0}), Found{});
  EXPECT_EQ(events.found(tagged("a"), {5}), Found{});
  EXPECT_FALSE(events.gave_up);
}

TEST(TagSearch, SaysWhichItemAMatchMatches) {
  const Events events({{"Paid", {"a"}}, {"Paid", {"b"}}});
  const TagQuery query{{{.tags = {"b"}}, {.tags = {"a"}}}};
  TagSearch search = events.begin(query, {0}, 100);
  EXPECT_EQ(search.next()->item, &query.items[1]);
  EXPECT_EQ(search.next()->item, &query.items[0]);
}

// The search against a plain look at every event.
TEST(TagSearch, FindsWhatMatchesAndNothingElse) {
  std::mt19937_64 random(20'261'125);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  const auto names = [&](const char* kind, std::size_t most, std::size_t of) {
    std::vector<std::string> made;
    for (std::size_t i = below(most + 1); i > 0; --i)
      made.push_back(kind + std::to_string(below(of)));
    return made;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<Event> all;
    for (std::size_t i = below(200); i > 0; --i) {
      all.push_back({"T" + std::to_string(below(3)), names("t", 4, 6)});
    }
    const Events events(std::move(all));
    TagQuery query;
    for (std::size_t i = below(4) + 1; i > 0; --i) {
      query.items.push_back({names("t", 3, 7), names("T", 2, 4)});
      query.items.back().tags.push_back("t" + std::to_string(below(6)));
    }
    const Position after{below(60)};
    EXPECT_EQ(events.found(query, after), events.matching(query, after)) << "round " << round;
  }
}

TEST(TagSearch, LeapsOverWhatCannotMatch) {
  std::vector<Event> all(10'000, Event{"Paid", {"common"}});
  all[7'000].tags.push_back("rare");
  const Events events(std::move(all));
  EXPECT_EQ(events.found({{{.tags = {"common", "rare"}}}}, {0}),
            (std::vector<std::uint64_t>{7'001}));
  EXPECT_LT(events.looked_up, 10u);
}

// Two tags that are never on one event, in turns: every step leads to the next one.
TEST(TagSearch, GivesUpAfterSoManySteps) {
  std::vector<Event> all;
  for (int i = 0; i < 1'000; ++i) all.push_back({"Paid", {i % 2 == 0 ? "even" : "odd"}});
  const Events events(std::move(all));
  EXPECT_TRUE(events.found({{{.tags = {"even", "odd"}}}}, {0}, 100).empty());
  EXPECT_TRUE(events.gave_up);
  EXPECT_LE(events.looked_up, 100u);
  EXPECT_TRUE(events.found({{{.tags = {"even", "odd"}}}}, {0}).empty());
  EXPECT_FALSE(events.gave_up);
}

TEST(TagSearch, AnswersAQueryOfAsManyTermsAsThereMayBe) {
  std::vector<Event> all(2'000, Event{"Paid", {}});
  TagQuery query;
  for (std::size_t i = 0; i < kMaxQueryItems; ++i) {
    TagQuery::Item& item = query.items.emplace_back();
    const int tags = i == 0 ? 9 : 10;  // one below a thousand in all
    for (int t = 0; t < tags; ++t) item.tags.push_back(std::to_string(i) + "/" + std::to_string(t));
    all[i * 20].tags = item.tags;
    all[i * 20 + 1].tags.assign(item.tags.begin() + 1, item.tags.end());
  }
  ASSERT_TRUE(check_query(query));
  const Events events(std::move(all));
  EXPECT_EQ(events.found(query, {0}), events.matching(query, {0}));
  EXPECT_LE(events.looked_up, 3 * kMaxQueryTerms);
}

}  // namespace
}  // namespace mt
