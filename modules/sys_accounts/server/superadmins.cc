#include "modules/sys_accounts/server/superadmins.h"

#include <chrono>
#include <memory>
#include <utility>

#include "events/crypto/random_bytes.h"
#include "modules/sys_accounts/server/scope.h"

namespace mt::sys_accounts {
namespace {

using Decided = Result<Decision<Superadmins::Event>>;

Time time_of(std::int64_t unix_ns) { return Time(std::chrono::nanoseconds(unix_ns)); }

v1::SuperadminsEvent appointed(const std::string& account_id) {
  v1::SuperadminsEvent event;
  event.mutable_appointed()->set_account_id(account_id);
  return event;
}

Decided set_token(const Superadmins::State& state, const v1::SetSetupToken& command,
                  const DecideContext& context) {
  MT_CHECK_OK(check_may_give(context.caller, Role::ROLE_SUPERADMIN, Scope{}));
  if (!state.accounts.empty()) {
    return failed_precondition(
        "there is a superadmin already, and set-up tokens are only for the first one; ask a "
        "superadmin "
        "for a role");
  }
  v1::SuperadminsEvent event;
  event.mutable_token_issued()->set_token_hash(command.token_hash());
  event.mutable_token_issued()->set_expires_ns(command.expires_ns());
  // The reply may be stored, so it holds no token: its maker shows that.
  return accept(std::move(event), v1::IssueSetupTokenResponse());
}

Result<void> check_token(const Superadmins::State& state, const std::string& token_hash, Time now) {
  if (!state.accounts.empty()) {
    return failed_precondition("there is a superadmin already; the set-up token serves no more");
  }
  if (state.token_hash.empty() || !equal_in_constant_time(state.token_hash, token_hash)) {
    return unauthenticated(
        "token is wrong, or a newer one was issued since; use the newest, or have one issued");
  }
  if (now >= state.token_expires) {
    return failed_precondition("token has expired; have a new one issued");
  }
  return {};
}

Decided redeem(const Superadmins::State& state, const v1::RedeemSetupToken& command,
               const DecideContext& context) {
  MT_CHECK_OK(check_token(state, command.token_hash(), context.now));
  v1::SuperadminsEvent event;
  event.mutable_token_redeemed();
  v1::CreateFirstSuperadminResponse response;
  response.set_account_id(command.account_id());
  auto decision = accept(std::move(event), std::move(response));
  decision.events.push_back(appointed(command.account_id()));
  return decision;
}

Decided appoint(const Superadmins::State& state, const std::string& account_id,
                const DecideContext& context) {
  MT_CHECK_OK(check_may_give(context.caller, Role::ROLE_SUPERADMIN, Scope{}));
  if (state.accounts.contains(account_id)) {
    return nothing_to_do<Superadmins::Event>(v1::GrantRoleResponse());
  }
  return accept(appointed(account_id), v1::GrantRoleResponse());
}

Decided dismiss(const Superadmins::State& state, const std::string& account_id,
                const DecideContext& context) {
  MT_CHECK_OK(check_may_give(context.caller, Role::ROLE_SUPERADMIN, Scope{}));
  if (!state.accounts.contains(account_id)) {
    return not_found("account " + account_id + " is no superadmin");
  }
  if (state.accounts.size() == 1) {
    return failed_precondition("account " + account_id +
                               " is the last superadmin; make somebody else one first");
  }
  v1::SuperadminsEvent event;
  event.mutable_dismissed()->set_account_id(account_id);
  return accept(std::move(event), v1::RevokeRoleResponse());
}

}  // namespace

Decided Superadmins::decide(const State& state, const Command& command,
                            const DecideContext& context) {
  switch (command.command_case()) {
    case Command::kSetToken:
      return set_token(state, command.set_token(), context);
    case Command::kCheckToken:
      MT_CHECK_OK(check_token(state, command.check_token().token_hash(), context.now));
      return nothing_to_do<Event>(v1::CreateFirstSuperadminResponse());
    case Command::kRedeemToken:
      return redeem(state, command.redeem_token(), context);
    case Command::kAppoint:
      return appoint(state, command.appoint().account_id(), context);
    case Command::kDismiss:
      return dismiss(state, command.dismiss().account_id(), context);
    case Command::COMMAND_NOT_SET:
      break;
  }
  return invalid_argument("the command is empty");
}

void Superadmins::evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kTokenIssued:
      state.token_hash = event.token_issued().token_hash();
      state.token_expires = time_of(event.token_issued().expires_ns());
      break;
    case Event::kTokenRedeemed:
      state.token_hash.clear();
      break;
    case Event::kAppointed:
      state.accounts.insert(event.appointed().account_id());
      break;
    case Event::kDismissed:
      state.accounts.erase(event.dismissed().account_id());
      break;
    case Event::EVENT_NOT_SET:
      break;
  }
}

}  // namespace mt::sys_accounts
