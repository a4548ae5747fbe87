#include "projections/page.h"

#include <gtest/gtest.h>

namespace mt {
namespace {

void expect_bad(const Result<std::string>& decoded, const std::string& why) {
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, Code::kInvalidArgument);
  ASSERT_EQ(decoded.error().violations.size(), 1u);
  EXPECT_EQ(decoded.error().violations[0].field, "page_token");
  EXPECT_NE(decoded.error().message.find(why), std::string::npos) << decoded.error().message;
}

TEST(PageToken, LeadsBackToTheLastRow) {
  for (const std::string& key : {std::string("key"), std::string("k\0\xff", 3), std::string()}) {
    EXPECT_EQ(decode_page_token(7, encode_page_token(7, key)).value(), key);
  }
}

TEST(PageToken, IsPlainInAUrl) {
  const std::string token = encode_page_token(~std::uint64_t{0}, std::string(200, '\xff'));
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-_"),
            std::string::npos);
}

TEST(PageToken, ServesItsOwnQueryOnly) {
  expect_bad(decode_page_token(8, encode_page_token(7, "key")), "belongs to another query");
}

TEST(PageToken, RefusesEveryDamage) {
  const std::string token = encode_page_token(7, "some key");
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    expect_bad(decode_page_token(7, changed), "is damaged");
    expect_bad(decode_page_token(7, token.substr(0, at)), "is damaged");
    changed[at] = '!';
    expect_bad(decode_page_token(7, changed), "is damaged");
  }
  expect_bad(decode_page_token(7, token + "AAAA"), "is damaged");
  expect_bad(decode_page_token(7, std::string(100'000, 'A')), "is damaged");
}

TEST(QueryFingerprint, TellsQueriesApart) {
  const auto one = query_fingerprint("Find", {"ab", "c"});
  EXPECT_EQ(one, query_fingerprint("Find", {"ab", "c"}));
  EXPECT_NE(one, query_fingerprint("List", {"ab", "c"}));
  EXPECT_NE(one, query_fingerprint("Find", {"a", "bc"}));
  EXPECT_NE(one, query_fingerprint("Find", {"abc"}));
  EXPECT_NE(one, query_fingerprint("Find", {"ab", "c", ""}));
}

}  // namespace
}  // namespace mt
