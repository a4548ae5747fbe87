// Account: the entity. It is registered once, with an e-mail that no other account has, and holds
// at most one role a scope. That of a superadmin is not kept here: see Superadmins.
#pragma once

#include <map>
#include <string_view>

#include "actors/entity.h"
#include "modules/sys_accounts/server/scope.h"
#include "modules/sys_accounts/server/v1.h"

namespace mt::sys_accounts {

struct Account {
  static constexpr std::string_view kCategory = "account";
  // Scopes in which one account may have a role; more would make its row and its token checks slow.
  static constexpr std::size_t kMaxRoles = 500;
  using Command = v1::AccountCommand;
  using Event = v1::AccountEvent;
  struct State {
    std::map<Scope, Role> roles;
  };

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
};

}  // namespace mt::sys_accounts
