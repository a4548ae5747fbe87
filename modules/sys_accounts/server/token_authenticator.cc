#include "modules/sys_accounts/server/token_authenticator.h"

#include <utility>

#include "events/crypto/blake2b.h"
#include "modules/sys_accounts/server/accounts.h"

namespace mt::sys_accounts {

TokenAuthenticator::TokenAuthenticator(AccessTokens tokens, const Clock& clock,
                                       FindAccount find_account)
    : tokens_(std::move(tokens)), clock_(clock), find_account_(std::move(find_account)) {}

Result<TokenBearer> TokenAuthenticator::bearer_of(std::string_view token) const {
  if (token.size() > AccessTokens::kMaxBytes) return tokens_.verify(token, clock_.now());
  const Hash hash = blake2b_256({token});
  const Time now = clock_.now();
  if (auto known = verified_.find(hash)) {
    MT_CHECK_OK(AccessTokens::check_live(*known, now));
    return *std::move(known);
  }
  MT_TRY(TokenBearer bearer, tokens_.verify(token, now));
  verified_.put(hash, bearer);
  return bearer;
}

Result<Caller> TokenAuthenticator::authenticate(std::string_view token) const {
  MT_TRY(const TokenBearer bearer, bearer_of(token));
  MT_TRY(const auto account, find_account_(bearer.account_id));
  if (!account) return unauthenticated("the token's account does not exist; sign in again");
  if (account->erased()) return unauthenticated("the token's account was erased");
  return Caller{Caller::Kind::kAccount, account->account_id(), roles_of(*account)};
}

}  // namespace mt::sys_accounts
