// Access tokens: JWTs in compact form, signed with Ed25519 (RFC 7519, RFC 8037). A token says who
// somebody is, for a short time; what they may do is read from the tables at each call. Immutable;
// any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "actors/deps.h"
#include "events/base/clock.h"
#include "events/base/result.h"
#include "events/crypto/signing.h"

namespace mt::sys_accounts {

struct AccessToken {
  std::string text;
  Time expires;
};

// What a good token says.
struct TokenBearer {
  std::string account_id;
  Time expires;
};

class AccessTokens {
 public:
  // Tokens of ours have about 350 bytes; longer ones are not even hashed.
  static constexpr std::size_t kMaxBytes = 2048;
  // By how much the clock of the node that issued a token may be ahead of this one. The other way a
  // token ends a little early: none is ever good for longer than it says.
  static constexpr std::chrono::seconds kLeeway{10};

  // With the key that the node keeps for this module. UNAVAILABLE when there is none to be had.
  static Result<AccessTokens> open(const Deps& deps);

  AccessTokens(SigningKey key, std::string issuer, std::chrono::seconds ttl);

  AccessToken issue(const std::string& account_id, Time now) const;

  // UNAUTHENTICATED with the reason. Nothing that a token says is looked at before its signature
  // held.
  Result<TokenBearer> verify(std::string_view token, Time now) const;

  // UNAUTHENTICATED once the token has expired.
  static Result<void> check_live(const TokenBearer& bearer, Time now);

 private:
  Result<std::string_view> signed_claims(std::string_view token) const;

  SigningKey key_;
  std::string issuer_;
  std::chrono::seconds ttl_;
  std::string
      header_;  // encoded; the only one that is accepted: algorithm and key are not a choice
};

}  // namespace mt::sys_accounts
