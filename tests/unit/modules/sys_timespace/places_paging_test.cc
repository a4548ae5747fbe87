#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

#include "events/base/check.h"
#include "tests/unit/modules/sys_timespace/towns.h"

namespace mt::sys_timespace {
namespace {

using testing::ElementsAre;

// All pages of a query, with places added before and after each page's end.
template <typename Request, typename Ask>
std::vector<std::string> paged(Towns& towns, Request request, const Ask& ask) {
  std::vector<std::string> all;
  request.set_page_size(2);
  for (int page = 0; page < 100; ++page) {
    const auto response = ask(request);
    check(response.has_value(), "a token that was given is taken");
    for (std::string& id : ids(response)) all.push_back(std::move(id));
    if (response->next_page_token().empty()) break;
    towns.add({"early" + std::to_string(page), "Aa", "DE"});
    request.set_page_token(response->next_page_token());
  }
  return all;
}

const std::vector<Town> kTowns{{"1", "Aachen", "DE"},
                               {"2", "Aalen", "DE"},
                               {"3", "Aalborg", "DK"},
                               {"4", "Aarau", "CH"},
                               {"5", "Aalen", "DE", 66'000}};

TEST(Places, AreListedWholeWhileOthersAreAdded) {
  Towns towns(kTowns);
  EXPECT_THAT(paged(towns, v1::ListPlacesRequest(), [&](const auto& r) { return towns.list(r); }),
              ElementsAre("1", "3", "5", "2", "4"));
}

TEST(Places, OfACountryAreListedWholeWhileOthersAreAdded) {
  Towns towns(kTowns);
  v1::ListPlacesRequest request;
  request.set_country_code("DE");
  EXPECT_THAT(paged(towns, request, [&](const auto& r) { return towns.list(r); }),
              ElementsAre("1", "5", "2"));
}

TEST(Places, AreFoundWholeWhileOthersAreAdded) {
  Towns towns(kTowns);
  v1::FindPlacesRequest request;
  request.set_name_prefix("aal");
  EXPECT_THAT(paged(towns, request, [&](const auto& r) { return towns.find(r); }),
              ElementsAre("3", "5", "2"));
}

TEST(Places, AddedBehindAPageComeWithALaterOne) {
  Towns towns(kTowns);
  v1::ListPlacesRequest request;
  request.set_page_size(4);
  request.set_page_token(towns.list(request)->next_page_token());
  towns.add({"9", "Zwolle", "NL"});
  EXPECT_THAT(ids(towns.list(request)), ElementsAre("4", "9"));
}

std::string page_token_of(const Towns& towns, const std::string& prefix,
                          const std::string& country) {
  v1::FindPlacesRequest request;
  request.set_name_prefix(prefix);
  request.set_country_code(country);
  request.set_page_size(1);
  return towns.find(request)->next_page_token();
}

TEST(Places, RefuseAPageTokenOfAnotherQuery) {
  const Towns towns(kTowns);
  const std::string token = page_token_of(towns, "aa", "DE");
  ASSERT_NE(token, "");
  v1::FindPlacesRequest request;
  request.set_page_token(token);
  const auto refused = [&](const std::string& prefix, const std::string& country) {
    request.set_name_prefix(prefix);
    request.set_country_code(country);
    const auto response = towns.find(request);
    return !response && response.error().violations.at(0).field == "page_token";
  };
  EXPECT_FALSE(refused("aa", "DE"));
  EXPECT_FALSE(refused("ÅA", "DE")) << "it is the same query, typed in another way";
  EXPECT_TRUE(refused("aal", "DE"));
  EXPECT_TRUE(refused("aa", "DK"));
  EXPECT_TRUE(refused("aa", ""));
  EXPECT_TRUE(refused("", "DE"));
  v1::ListPlacesRequest list;
  list.set_country_code("DE");
  list.set_page_token(token);
  EXPECT_EQ(towns.list(list).error().violations.at(0).field, "page_token");
}

TEST(Places, RefuseADamagedPageToken) {
  const Towns towns(kTowns);
  std::string token = page_token_of(towns, "aa", "");
  token[token.size() / 2] = token[token.size() / 2] == 'A' ? 'B' : 'A';
  v1::FindPlacesRequest request;
  request.set_name_prefix("aa");
  for (const std::string& damaged :
       {token, std::string("x"), std::string("%%%"), std::string(10'000, 'A')}) {
    request.set_page_token(damaged);
    EXPECT_EQ(towns.find(request).error().violations.at(0).field, "page_token");
  }
}

}  // namespace
}  // namespace mt::sys_timespace
