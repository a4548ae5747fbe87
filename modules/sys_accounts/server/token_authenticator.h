// TokenAuthenticator: turns an access token into a caller with the roles that the account has now.
// Called on edge threads; reads one row and does not block.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "bus/caller.h"
#include "events/base/clock.h"
#include "modules/sys_accounts/server/access_tokens.h"
#include "modules/sys_accounts/server/token_cache.h"
#include "modules/sys_accounts/server/v1.h"

namespace mt::sys_accounts {

class TokenAuthenticator final : public Authenticator {
 public:
  static constexpr std::size_t kRemembered = 8192;  // verified tokens
  // None: there is no such account. An error: that could not be found out.
  using FindAccount =
      std::function<Result<std::optional<v1::AccountRow>>(const std::string& account_id)>;

  // The clock outlives it.
  TokenAuthenticator(AccessTokens tokens, const Clock& clock, FindAccount find_account);

  Result<Caller> authenticate(std::string_view token) const override;

 private:
  Result<TokenBearer> bearer_of(std::string_view token) const;

  const AccessTokens tokens_;
  const Clock& clock_;
  const FindAccount find_account_;
  mutable TokenCache verified_{kRemembered};
};

}  // namespace mt::sys_accounts
