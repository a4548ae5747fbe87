// Ed25519 signatures.
#pragma once

#include <string>
#include <string_view>

namespace mt {

// A key pair made from a 32-byte seed: the same seed, the same pair. Leaves no secret in memory
// that it gives back.
class SigningKey {
 public:
  explicit SigningKey(std::string_view seed);
  ~SigningKey();
  SigningKey(const SigningKey&) = default;
  SigningKey(SigningKey&&) = default;
  SigningKey& operator=(const SigningKey&) = delete;

  const std::string& public_key() const { return public_; }  // 32 bytes
  std::string sign(std::string_view message) const;          // 64 bytes

 private:
  std::string public_;
  std::string secret_;
};

// False for a signature or key of the wrong length too.
bool verify_signature(std::string_view message, std::string_view signature,
                      std::string_view public_key);

}  // namespace mt
