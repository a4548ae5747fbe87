#include "events/crypto/password.h"

#include <sodium.h>

#include "events/crypto/sodium_ready.h"

namespace mt {

Result<std::string> hash_password(std::string_view password, PasswordCost cost) {
  sodium_ready();
  char text[crypto_pwhash_STRBYTES] = {};
  const int failed = crypto_pwhash_str_alg(text, password.data(), password.size(), cost.passes,
                                           cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) {
    return Error{Code::kResourceExhausted, "not enough memory to hash a password (" +
                                               std::to_string(cost.memory_bytes) +
                                               " bytes needed); try again"};
  }
  return std::string(text);
}

bool verify_password(std::string_view password, const std::string& hash) {
  sodium_ready();
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace mt
