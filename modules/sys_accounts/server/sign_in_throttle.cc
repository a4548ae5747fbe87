#include "modules/sys_accounts/server/sign_in_throttle.h"

#include <string>

#include "events/crypto/blake2b.h"
#include "modules/sys_accounts/server/names.h"

namespace mt::sys_accounts {
namespace {

Hash key_of(std::string_view email) { return blake2b_256({normalize_email(email)}); }

}  // namespace

Result<void> SignInThrottle::admit(std::string_view email) {
  const Hash key = key_of(email);
  const Time now = clock_.now();
  const std::lock_guard lock(mutex_);
  Attempts* known = attempts_.find(key);
  if (known == nullptr) known = &attempts_.put(key, {});
  // A clock that was set back keeps nobody out.
  const bool soon = known->last <= now && now < known->last + limits_.wait;
  if (known->wrong >= limits_.attempts && soon) {
    return Error{Code::kResourceExhausted, "too many attempts to sign in with this e-mail; wait " +
                                               std::to_string(limits_.wait.count()) +
                                               " s and try again"};
  }
  ++known->wrong;
  known->last = now;
  return {};
}

void SignInThrottle::succeeded(std::string_view email) {
  const std::lock_guard lock(mutex_);
  attempts_.erase(key_of(email));
}

}  // namespace mt::sys_accounts
