// SignIn: what e-mail and password prove. Hashes and checks passwords, so its callers are handlers
// on the worker pool.
#pragma once

#include <memory>
#include <string>

#include "actors/deps.h"
#include "modules/sys_accounts/server/passwords.h"
#include "modules/sys_accounts/server/sign_in_throttle.h"
#include "modules/sys_accounts/server/tables.h"
#include "modules/sys_accounts/server/tell.h"

namespace mt::sys_accounts {

struct SignInProof {
  std::string email;
  std::string password;
};

class SignIn {
 public:
  SignIn(const Deps& deps, Tables tables);

  // Registers an account under an id made of the call's command id. ALREADY_EXISTS when another
  // account has the e-mail.
  Result<Reply> register_account(const SignInProof& proof, const Call& call) const;

  // The id of the account that e-mail and password belong to. UNAUTHENTICATED when there is none,
  // which of the two is wrong remains untold; RESOURCE_EXHAUSTED after too many wrong ones.
  Result<std::string> check(const SignInProof& proof) const;

 private:
  const Deps& deps_;
  const Tables tables_;
  const Passwords passwords_;
  mutable SignInThrottle throttle_;
};

}  // namespace mt::sys_accounts
