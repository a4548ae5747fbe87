#include "modules/sys_accounts/server/access_tokens.h"
#include "modules/sys_accounts/server/protobuf_time.h"
#include "modules/sys_accounts/server/services.h"
#include "modules/sys_accounts/server/sign_in.h"

namespace mt::sys_accounts {

Result<void> bind_auth(Api& api, const Deps& deps, const Tables& tables) {
  MT_TRY(const AccessTokens tokens, AccessTokens::open(deps));
  const auto sign_in = std::make_shared<const SignIn>(deps, tables);
  MT_CHECK_OK(api.task<v1::RegisterResponse>(
      "Register", [sign_in](const v1::RegisterRequest& request, const Call& call) {
        return sign_in->register_account({request.email(), request.password()}, call);
      }));
  return api.task(
      "Login",
      [=, &deps](const v1::LoginRequest& request, const Call&) -> Result<v1::LoginResponse> {
        MT_TRY(const std::string account_id, sign_in->check({request.email(), request.password()}));
        const AccessToken token = tokens.issue(account_id, deps.clock.now());
        v1::LoginResponse response;
        response.set_access_token(token.text);
        response.set_account_id(account_id);
        *response.mutable_expires() = to_timestamp(token.expires);
        return response;
      });
}

}  // namespace mt::sys_accounts
