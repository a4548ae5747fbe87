#include "modules/sys_accounts/server/access_tokens.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "events/crypto/base64url.h"
#include "tests/fixture/given.h"

namespace mt::sys_accounts {
namespace {

using namespace test;

using std::chrono::seconds;

const Time kNow = at_second(1'800'000'000);
const std::string kSeed(32, 'k');
const std::string kOtherSeed(32, 'o');
constexpr seconds kTtl{900};

AccessTokens tokens_of(const std::string& seed, const std::string& issuer = "node/test") {
  return {SigningKey(seed), issuer, kTtl};
}

std::string issued() { return tokens_of(kSeed).issue("ann", kNow).text; }

Code code_of(const std::string& token, Time now = kNow) {
  const auto verified = tokens_of(kSeed).verify(token, now);
  return verified ? Code::kOk : verified.error().code;
}

std::string part(const std::string& token, int index) {
  std::string rest = token;
  for (; index > 0; --index) rest = rest.substr(rest.find('.') + 1);
  return rest.substr(0, rest.find('.'));
}

// A token with our key's signature over whatever it says.
std::string signed_token(const std::string& header, const std::string& claims) {
  const std::string text = base64url_encode(header) + "." + base64url_encode(claims);
  return text + "." + base64url_encode(SigningKey(kSeed).sign(text));
}

std::string our_header() { return *base64url_decode(part(issued(), 0)); }

std::string claims(std::int64_t issued_at, std::int64_t expires,
                   const std::string& issuer = "node/test") {
  return R"({"iss":")" + issuer + R"(","sub":"ann","iat":)" + std::to_string(issued_at) +
         R"(,"exp":)" + std::to_string(expires) + R"(,"jti":"1"})";
}

TEST(AccessTokens, SayWhoTheirBearerIs) {
  const AccessToken token = tokens_of(kSeed).issue("ann", kNow);
  EXPECT_EQ(token.expires, kNow + kTtl);
  const auto bearer = tokens_of(kSeed).verify(token.text, kNow);
  ASSERT_TRUE(bearer);
  EXPECT_EQ(bearer->account_id, "ann");
  EXPECT_EQ(bearer->expires, kNow + kTtl);
  EXPECT_LT(token.text.size(), 400u);
}

TEST(AccessTokens, AreJwtsWithTimesInWholeSeconds) {
  EXPECT_EQ(our_header().find(R"({"alg":"EdDSA","typ":"JWT","kid":")"), 0u) << our_header();
  const std::string said = *base64url_decode(part(issued(), 1));
  EXPECT_NE(said.find(R"("iss":"node/test","sub":"ann","iat":1800000000,"exp":1800000900,"jti":")"),
            std::string::npos)
      << said;
}

TEST(AccessTokens, AreNeverTheSameTwice) { EXPECT_NE(issued(), issued()); }

TEST(AccessTokens, EscapeTheIssuersName) {
  const auto odd = tokens_of(kSeed, "no\"de\\/te\nst");
  EXPECT_TRUE(odd.verify(odd.issue("ann", kNow).text, kNow));
}

// A system before this one wrote nanoseconds where seconds belong: its tokens never expired.
TEST(AccessTokens, ExpireAtTheirTime) {
  EXPECT_EQ(code_of(issued(), kNow + kTtl - seconds(1)), Code::kOk);
  EXPECT_EQ(code_of(issued(), kNow + kTtl), Code::kUnauthenticated);
  EXPECT_EQ(code_of(issued(), kNow + 1000 * kTtl), Code::kUnauthenticated);
}

TEST(AccessTokens, OfAClockThatIsALittleAheadAreGoodAlready) {
  EXPECT_LE(AccessTokens::kLeeway, seconds(30));
  EXPECT_EQ(code_of(issued(), kNow - AccessTokens::kLeeway), Code::kOk);
  EXPECT_EQ(code_of(issued(), kNow - AccessTokens::kLeeway - seconds(1)), Code::kUnauthenticated);
}

TEST(AccessTokens, WithOneChangedCharacterAreRefused) {
  const std::string token = issued();
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string tampered = token;
    tampered[i] = tampered[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(code_of(tampered), Code::kUnauthenticated) << "at " << i;
  }
}

TEST(AccessTokens, OfAnotherKeyAreRefused) {
  EXPECT_EQ(code_of(tokens_of(kOtherSeed).issue("ann", kNow).text), Code::kUnauthenticated);
  // Nor does it help to claim our key's id.
  const std::string text = part(issued(), 0) + "." + part(issued(), 1);
  const std::string forged = text + "." + base64url_encode(SigningKey(kOtherSeed).sign(text));
  EXPECT_EQ(code_of(forged), Code::kUnauthenticated);
}

TEST(AccessTokens, WithAnotherAlgorithmAreRefused) {
  const std::string good = claims(1'800'000'000, 1'800'000'900);
  for (const std::string header :
       {R"({"alg":"none"})", R"({"alg":"none","typ":"JWT"})", R"({"alg":"HS256","typ":"JWT"})",
        R"({"alg":"EdDSA","typ":"JWT"})", R"({"alg":"eddsa","typ":"JWT","kid":"x"})", "{}", ""}) {
    EXPECT_EQ(code_of(signed_token(header, good)), Code::kUnauthenticated) << header;
    const std::string bare = base64url_encode(header) + "." + base64url_encode(good) + ".";
    EXPECT_EQ(code_of(bare), Code::kUnauthenticated) << header;
  }
  EXPECT_EQ(code_of(signed_token(our_header(), good)), Code::kOk);
}

TEST(AccessTokens, OfAnotherIssuerAreRefused) {
  EXPECT_EQ(code_of(tokens_of(kSeed, "other/test").issue("ann", kNow).text),
            Code::kUnauthenticated);
}

TEST(AccessTokens, WhoseClaimsAreNoClaimsAreRefused) {
  for (const std::string said : {"", "{", "[]", "null", "\"ann\"", R"({"sub":"ann"})",
                                 R"({"iss":"node/test","iat":1800000000,"exp":1800000900})",
                                 R"({"iss":"node/test","sub":"ann","iat":1800000000})",
                                 R"({"iss":"node/test","sub":"ann","exp":"soon","iat":1})"}) {
    EXPECT_EQ(code_of(signed_token(our_header(), said)), Code::kUnauthenticated) << said;
  }
}

TEST(AccessTokens, WhoseTimesOverflowAreRefused) {
  const std::int64_t huge = INT64_MAX;
  EXPECT_EQ(code_of(signed_token(our_header(), claims(1, huge))), Code::kUnauthenticated);
  EXPECT_EQ(code_of(signed_token(our_header(), claims(huge, huge))), Code::kUnauthenticated);
  EXPECT_EQ(code_of(signed_token(our_header(), claims(INT64_MIN, INT64_MIN))),
            Code::kUnauthenticated);
}

TEST(AccessTokens, ThatAreGarbageAreRefused) {
  const std::string token = issued();
  for (const std::string& garbage :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string("a.b"),
        std::string("a.b.c"), std::string(300, '\xff'), std::string(300, '.'), token + ".x",
        "." + token, token.substr(0, token.size() - 1), token + "A", token + "=", " " + token,
        part(token, 0) + ".." + part(token, 2), part(token, 0) + "." + part(token, 1)}) {
    EXPECT_EQ(code_of(garbage), Code::kUnauthenticated) << garbage;
  }
}

TEST(AccessTokens, ThatAreHugeAreRefused) {
  EXPECT_EQ(code_of(std::string(AccessTokens::kMaxBytes + 1, 'a')), Code::kUnauthenticated);
  const std::string padding(AccessTokens::kMaxBytes, ' ');
  EXPECT_EQ(code_of(signed_token(our_header(), claims(1'800'000'000, 1'800'000'900) + padding)),
            Code::kUnauthenticated);
}

}  // namespace
}  // namespace mt::sys_accounts
