#include "events/tag_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mt {
namespace {

using testing::HasSubstr;

std::string refusal(const TagQuery& query) {
  const auto checked = check_query(query);
  if (checked) return "";
  EXPECT_EQ(checked.error().code, Code::kInvalidArgument);
  return checked.error().message;
}

TagQuery of_items(std::size_t items, std::size_t tags, std::size_t types = 0) {
  TagQuery query;
  for (std::size_t i = 0; i < items; ++i) {
    TagQuery::Item& item = query.items.emplace_back();
    for (std::size_t t = 0; t < tags; ++t) item.tags.push_back("t:" + std::to_string(t));
    for (std::size_t t = 0; t < types; ++t) item.types.push_back("T" + std::to_string(t));
  }
  return query;
}

TEST(TagQuery, MatchesWhatOneOfItsItemsMatches) {
  const TagQuery query{{{.tags = {"a", "b"}}, {.tags = {"c"}, .types = {"Paid", "Sent"}}}};
  EXPECT_TRUE(query.matches("Any", {"x", "b", "a"}));
  EXPECT_FALSE(query.matches("Any", {"a"}));
  EXPECT_FALSE(query.matches("Any", {"c"}));
  EXPECT_TRUE(query.matches("Sent", {"c"}));
  EXPECT_FALSE(query.matches("Paid", {}));
  EXPECT_TRUE(tagged("a").matches("Any", {"a"}));
  EXPECT_FALSE(TagQuery().matches("Any", {"a"}));
}

TEST(TagQuery, IsRefusedWhenItOrAnItemIsEmpty) {
  EXPECT_THAT(refusal({}), HasSubstr("no item"));
  EXPECT_EQ(refusal({{{.tags = {"a"}}, {.tags = {}, .types = {"Paid"}}}}),
            "item 2 of the tag query names no tag");
  EXPECT_THAT(refusal({{{.tags = {"a", ""}}}}), HasSubstr("item 1 of the tag query has a tag"));
  EXPECT_THAT(refusal({{{.tags = {"a"}, .types = {""}}}}), HasSubstr("event type that is empty"));
  EXPECT_THAT(refusal(tagged(std::string(129, 'x'))), HasSubstr("129 bytes, 128 are allowed"));
  EXPECT_THAT(refusal(tagged("a\nb")), HasSubstr("control character"));
  EXPECT_THAT(refusal(tagged("\xff")), HasSubstr("UTF-8"));
  EXPECT_EQ(refusal(tagged(std::string(128, 'x'))), "");
}

TEST(TagQuery, IsTakenUpToItsLimitsAndRefusedBeyond) {
  EXPECT_EQ(refusal(of_items(kMaxQueryItems, 1)), "");
  EXPECT_THAT(refusal(of_items(kMaxQueryItems + 1, 1)), HasSubstr("item 101 of the tag query"));
  EXPECT_EQ(refusal(of_items(1, kMaxQueryTerms - 1)), "");
  EXPECT_EQ(refusal(of_items(99, 6, 4)), "");
  EXPECT_EQ(refusal(of_items(1, 600, 400)),
            "item 1 of the tag query brings it to 1000 tags and types, fewer than 1000 are "
            "allowed");
  EXPECT_THAT(refusal(of_items(100, 6, 4)),
              HasSubstr("item 100 of the tag query brings it to 1000"));
}

}  // namespace
}  // namespace mt
