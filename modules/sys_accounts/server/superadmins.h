// Superadmins: the entity of those who may do everything; there is one, superadmins/all. That the
// first of them comes by a set-up token, that this happens once, and that the last one stays, are
// rules about all of them together: one stream keeps them, so no race of two calls can break them.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "actors/entity.h"
#include "modules/sys_accounts/server/v1.h"

namespace mt::sys_accounts {

struct Superadmins {
  static constexpr std::string_view kCategory = "superadmins";
  static constexpr const char* kId = "all";
  using Command = v1::SuperadminsCommand;
  using Event = v1::SuperadminsEvent;
  struct State {
    std::set<std::string> accounts;
    std::string token_hash;  // of the token that may be redeemed; empty: there is none
    Time token_expires;
  };

  static Result<Decision<Event>> decide(const State& state, const Command& command,
                                        const DecideContext& context);
  static void evolve(State& state, const Event& event);
};

}  // namespace mt::sys_accounts
