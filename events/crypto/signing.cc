#include "events/crypto/signing.h"

#include <sodium.h>

#include "events/base/check.h"
#include "events/crypto/sodium_ready.h"

namespace mt {
namespace {

unsigned char* out(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
const unsigned char* in(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

SigningKey::SigningKey(std::string_view seed)
    : public_(crypto_sign_PUBLICKEYBYTES, '\0'), secret_(crypto_sign_SECRETKEYBYTES, '\0') {
  check(seed.size() == crypto_sign_SEEDBYTES, "a signing seed has 32 bytes");
  sodium_ready();
  crypto_sign_seed_keypair(out(public_), out(secret_), in(seed));
}

SigningKey::~SigningKey() { sodium_memzero(secret_.data(), secret_.size()); }

std::string SigningKey::sign(std::string_view message) const {
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(out(signature), nullptr, in(message), message.size(), in(secret_));
  return signature;
}

bool verify_signature(std::string_view message, std::string_view signature,
                      std::string_view public_key) {
  sodium_ready();
  if (signature.size() != crypto_sign_BYTES) return false;
  if (public_key.size() != crypto_sign_PUBLICKEYBYTES) return false;
  return crypto_sign_verify_detached(in(signature), in(message), message.size(), in(public_key)) ==
         0;
}

}  // namespace mt
