#include "modules/sys_accounts/server/access_tokens.h"

#include <google/protobuf/util/json_util.h>
#include <google/protobuf/wrappers.pb.h>

#include <utility>

#include "events/base/check.h"
#include "events/crypto/base64url.h"
#include "events/crypto/blake2b.h"
#include "events/crypto/random_bytes.h"
#include "modules/sys_accounts/server/v1.h"

namespace mt::sys_accounts {
namespace {

std::string quoted(const std::string& text) {
  google::protobuf::StringValue value;
  value.set_value(text);
  std::string json;
  const auto status = google::protobuf::util::MessageToJsonString(value, &json);
  check(status.ok(), "a string value has a JSON form");
  return json;
}

// Public, and another one for another key: a token of an earlier key is told from a forged one.
std::string key_id(const SigningKey& key) {
  const Hash hash = blake2b_256({key.public_key()});
  return base64url_encode({reinterpret_cast<const char*>(hash.data()), 8});
}

// Seconds that nanoseconds can count; later times are no claim of ours.
constexpr std::int64_t kLatest = 9'000'000'000;

bool are_plausible(const v1::AccessClaims& claims) {
  return claims.iat() > 0 && claims.exp() > claims.iat() && claims.exp() < kLatest &&
         !claims.sub().empty();
}

std::int64_t unix_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

Error bad(const std::string& why) { return unauthenticated("token " + why + "; sign in again"); }

// Written by hand, since protobuf's JSON would make 64-bit numbers strings; JWT wants numbers.
std::string claims_json(const v1::AccessClaims& claims) {
  return "{\"iss\":" + quoted(claims.iss()) + ",\"sub\":" + quoted(claims.sub()) +
         ",\"iat\":" + std::to_string(claims.iat()) + ",\"exp\":" + std::to_string(claims.exp()) +
         ",\"jti\":" + quoted(claims.jti()) + "}";
}

}  // namespace

Result<AccessTokens> AccessTokens::open(const Deps& deps) {
  MT_TRY(const std::string seed, deps.secrets.get(deps.module, "token_signing_key"));
  const NodeInfo node = deps.node.node();
  const auto& config = deps.config_as<v1::Config>();
  return AccessTokens(SigningKey(seed), node.name + "/" + node.container,
                      std::chrono::seconds(config.token_ttl_seconds()));
}

AccessTokens::AccessTokens(SigningKey key, std::string issuer, std::chrono::seconds ttl)
    : key_(std::move(key)),
      issuer_(std::move(issuer)),
      ttl_(ttl),
      header_(base64url_encode(R"({"alg":"EdDSA","typ":"JWT","kid":")" + key_id(key_) + "\"}")) {}

AccessToken AccessTokens::issue(const std::string& account_id, Time now) const {
  const std::int64_t issued = unix_seconds(now);
  v1::AccessClaims claims;
  claims.set_iss(issuer_);
  claims.set_sub(account_id);
  claims.set_iat(issued);
  claims.set_exp(issued + ttl_.count());
  claims.set_jti(base64url_encode(random_bytes(16)));
  const std::string text = header_ + "." + base64url_encode(claims_json(claims));
  return {text + "." + base64url_encode(key_.sign(text)), Time(std::chrono::seconds(claims.exp()))};
}

Result<std::string_view> AccessTokens::signed_claims(std::string_view token) const {
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == last) return bad("is not a JWT of three parts");
  if (token.substr(0, first) != header_) return bad("is of another kind, or of a key not in use");
  const auto signature = base64url_decode(token.substr(last + 1));
  if (!signature || !verify_signature(token.substr(0, last), *signature, key_.public_key())) {
    return bad("has a signature that does not hold");
  }
  return token.substr(first + 1, last - first - 1);
}

Result<TokenBearer> AccessTokens::verify(std::string_view token, Time now) const {
  if (token.size() > kMaxBytes) return bad("is longer than any of ours");
  MT_TRY(const std::string_view encoded, signed_claims(token));
  const auto json = base64url_decode(encoded);
  v1::AccessClaims claims;
  if (!json || !google::protobuf::util::JsonStringToMessage(*json, &claims).ok() ||
      !are_plausible(claims)) {
    return bad("does not say what it should");
  }
  if (claims.iss() != issuer_) return bad("was issued by another node");
  if (Time(std::chrono::seconds(claims.iat())) > now + kLeeway) return bad("is of the future");
  TokenBearer bearer{claims.sub(), Time(std::chrono::seconds(claims.exp()))};
  MT_CHECK_OK(check_live(bearer, now));
  return bearer;
}

Result<void> AccessTokens::check_live(const TokenBearer& bearer, Time now) {
  if (now >= bearer.expires) return bad("has expired");
  return {};
}

}  // namespace mt::sys_accounts
