#include <chrono>
#include <utility>

#include "events/crypto/base64url.h"
#include "events/crypto/blake2b.h"
#include "events/crypto/random_bytes.h"
#include "modules/sys_accounts/server/protobuf_time.h"
#include "modules/sys_accounts/server/services.h"
#include "modules/sys_accounts/server/sign_in.h"
#include "modules/sys_accounts/server/superadmins.h"
#include "modules/sys_accounts/server/tell.h"

namespace mt::sys_accounts {
namespace {

std::string hash_of(const std::string& token) {
  const Hash hash = blake2b_256({token});
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// The token is made here and shown here; beyond this function only its hash is known.
Result<Reply> issue_token(const Deps& deps, const Call& call) {
  const std::string token = base64url_encode(random_bytes(32));
  const std::chrono::hours ttl(deps.config_as<v1::Config>().setup_token_ttl_hours());
  const Time expires = deps.clock.now() + ttl;
  v1::SuperadminsCommand command;
  command.mutable_set_token()->set_token_hash(hash_of(token));
  command.mutable_set_token()->set_expires_ns(expires.time_since_epoch().count());
  MT_TRY(Reply reply, tell<Superadmins>(deps, Superadmins::kId, std::move(command), call));
  if (reply.repeated) {
    return already_exists(
        "this idempotency key has issued a set-up token, which is shown only once; "
        "ask with another key for a new one");
  }
  v1::IssueSetupTokenResponse response;
  response.set_token(token);
  *response.mutable_expires() = to_timestamp(expires);
  reply.message = std::make_shared<const v1::IssueSetupTokenResponse>(std::move(response));
  return reply;
}

// The account of this e-mail, its password checked, or a new one, registered by a command of its
// own.
Result<std::string> account_for(const Deps& deps, const Tables& tables, const SignIn& sign_in,
                                const SignInProof& proof, const Call& call) {
  MT_TRY(const auto known, deps.node.tables().read([&](const KvReader& kv) {
    return tables.accounts->find_by_email(kv, proof.email);
  }));
  if (known) {
    auto checked = sign_in.check(proof);
    if (checked) return checked;
    return already_exists(
        "an account with this e-mail and another password exists; give its "
        "password, or another e-mail");
  }
  auto registration = std::make_shared<CallContext>(*call);
  registration->command = CommandRef();
  registration->command.id = CommandId{random_uuid()};
  const std::string account_id = entity_id_from(registration->command.id);
  MT_TRY(const Reply registered, sign_in.register_account(proof, registration));
  return account_id;
}

// Account and appointment are two commits, in that order: whoever is interrupted in between has an
// account without rights and a token that still serves, and the same call again completes it. Of
// two who race, one is appointed and the other refused by the one stream of all superadmins.
Result<Reply> create_first(const Deps& deps, const Tables& tables, const SignIn& sign_in,
                           const v1::CreateFirstSuperadminRequest& request, const Call& call) {
  v1::SuperadminsCommand command;
  command.mutable_check_token()->set_token_hash(hash_of(request.token()));
  MT_TRY(Reply checked, tell<Superadmins>(deps, Superadmins::kId, command, call));
  if (checked.repeated) return checked;
  MT_TRY(const std::string account_id,
         account_for(deps, tables, sign_in, {request.email(), request.password()}, call));
  command.mutable_redeem_token()->set_token_hash(hash_of(request.token()));
  command.mutable_redeem_token()->set_account_id(account_id);
  return tell<Superadmins>(deps, Superadmins::kId, std::move(command), call);
}

}  // namespace

Result<void> bind_setup(Api& api, const Deps& deps, const Tables& tables) {
  MT_CHECK_OK(api.task<v1::IssueSetupTokenResponse>(
      "IssueSetupToken", [&deps](const v1::IssueSetupTokenRequest&, const Call& call) {
        return issue_token(deps, call);
      }));
  const auto sign_in = std::make_shared<const SignIn>(deps, tables);
  return api.task<v1::CreateFirstSuperadminResponse>(
      "CreateFirstSuperadmin",
      [&deps, tables, sign_in](const v1::CreateFirstSuperadminRequest& request, const Call& call) {
        return create_first(deps, tables, *sign_in, request, call);
      });
}

}  // namespace mt::sys_accounts
