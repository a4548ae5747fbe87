#include "modules/sys_accounts/server/sign_in.h"

#include <chrono>
#include <utility>

#include "actors/api.h"
#include "modules/sys_accounts/server/account.h"

namespace mt::sys_accounts {
namespace {

PasswordCost cost_of(const v1::Config& config) {
  return {config.password_passes(), static_cast<std::size_t>(config.password_memory_mib()) << 20};
}

SignInLimits limits_of(const v1::Config& config) {
  return {config.sign_in_attempts(), std::chrono::seconds(config.sign_in_wait_seconds())};
}

}  // namespace

SignIn::SignIn(const Deps& deps, Tables tables)
    : deps_(deps),
      tables_(std::move(tables)),
      passwords_(cost_of(deps.config_as<v1::Config>())),
      throttle_(limits_of(deps.config_as<v1::Config>()), deps.clock) {}

Result<Reply> SignIn::register_account(const SignInProof& proof, const Call& call) const {
  const std::string account_id = entity_id_from(call->command.id);
  // Hashed before anything is looked up: who asks for one e-mail after another, to learn which are
  // taken, pays for each as much as for an account.
  MT_TRY(const std::string hash, passwords_.hash(proof.password));
  MT_TRY(const auto holder, deps_.node.tables().read([&](const KvReader& kv) {
    return tables_.accounts->find_by_email(kv, proof.email);
  }));
  // A repeated call meets its own account; its stored answer comes from there. Two new accounts
  // that race for one e-mail are told apart by its claim.
  if (holder && holder->account_id() != account_id) {
    return already_exists("an account with this e-mail exists; sign in, or use another e-mail");
  }
  v1::AccountCommand command;
  command.mutable_register_account()->set_email(proof.email);
  command.mutable_register_account()->set_password_hash(hash);
  return tell<Account>(deps_, account_id, std::move(command), call);
}

Result<std::string> SignIn::check(const SignInProof& proof) const {
  MT_CHECK_OK(throttle_.admit(proof.email));
  struct Found {
    std::string account_id;
    std::string hash;
  };
  MT_TRY(Found found, deps_.node.tables().read([&](const KvReader& kv) {
    const auto account = tables_.accounts->find_by_email(kv, proof.email);
    if (!account) return Found();
    return Found{account->account_id(),
                 tables_.credentials->password_hash(kv, account->account_id())};
  }));
  if (!passwords_.verify(proof.password, found.hash)) {
    return unauthenticated("e-mail or password is wrong");
  }
  throttle_.succeeded(proof.email);
  return std::move(found.account_id);
}

}  // namespace mt::sys_accounts
