// Passwords: hashes and checks them at the cost that the configuration names. Blocks for as long as
// that takes: worker threads only, any number of them.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "events/crypto/password.h"

namespace mt::sys_accounts {

class Passwords {
 public:
  explicit Passwords(PasswordCost cost) : cost_(cost) {}

  Result<std::string> hash(std::string_view password) const;

  // False for an empty hash too, after the same work: how long the answer takes does not tell
  // whether there is such an account.
  bool verify(std::string_view password, const std::string& hash) const;

 private:
  const std::string& decoy() const;

  const PasswordCost cost_;
  mutable std::mutex mutex_;
  mutable std::string decoy_;  // the hash of a password that nobody knows
};

}  // namespace mt::sys_accounts
