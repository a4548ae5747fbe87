#include "modules/sys_accounts/server/passwords.h"

#include "events/crypto/random_bytes.h"

namespace mt::sys_accounts {

Result<std::string> Passwords::hash(std::string_view password) const {
  return hash_password(password, cost_);
}

bool Passwords::verify(std::string_view password, const std::string& hash) const {
  // The decoy is made before it is known whether it serves: the first call takes longer either way.
  const std::string& none = decoy();
  const bool right = verify_password(password, hash.empty() ? none : hash);
  return right && !hash.empty();
}

const std::string& Passwords::decoy() const {
  const std::lock_guard lock(mutex_);
  if (decoy_.empty()) decoy_ = hash_password(random_bytes(32), cost_).value_or("");
  return decoy_;
}

}  // namespace mt::sys_accounts
