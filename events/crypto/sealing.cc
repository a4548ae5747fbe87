#include "events/crypto/sealing.h"

#include <sodium.h>

#include <algorithm>

#include "events/base/check.h"
#include "events/crypto/sodium_ready.h"

namespace mt {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(kSealBytes == kNonceBytes + crypto_aead_xchacha20poly1305_ietf_ABYTES);
static_assert(SecretKey::kBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

unsigned char* out(std::string& bytes, std::size_t from = 0) {
  return reinterpret_cast<unsigned char*>(bytes.data()) + from;
}
const unsigned char* in(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace

SecretKey SecretKey::random() {
  sodium_ready();
  SecretKey key;
  randombytes_buf(key.bytes_.data(), key.bytes_.size());
  return key;
}

SecretKey::SecretKey(std::string_view bytes) {
  check(bytes.size() == kBytes, "a key has 32 bytes");
  std::ranges::copy(bytes, bytes_.begin());
}

SecretKey::~SecretKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

std::string seal(const SecretKey& key, std::string_view text, std::string_view bound_to) {
  sodium_ready();
  std::string sealed(kSealBytes + text.size(), '\0');
  randombytes_buf(sealed.data(), kNonceBytes);
  crypto_aead_xchacha20poly1305_ietf_encrypt(out(sealed, kNonceBytes), nullptr, in(text),
                                             text.size(), in(bound_to), bound_to.size(), nullptr,
                                             in(sealed), in(key.bytes()));
  return sealed;
}

std::optional<std::string> open_sealed(const SecretKey& key, std::string_view sealed,
                                       std::string_view bound_to) {
  sodium_ready();
  if (sealed.size() < kSealBytes) return std::nullopt;
  const std::string_view rest = sealed.substr(kNonceBytes);
  std::optional<std::string> text(std::in_place, sealed.size() - kSealBytes, '\0');
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      out(*text), nullptr, nullptr, in(rest), rest.size(), in(bound_to), bound_to.size(),
      in(sealed), in(key.bytes()));
  if (failed != 0) return std::nullopt;
  return text;
}

std::optional<SecretKey> open_sealed_key(const SecretKey& key, std::string_view sealed,
                                         std::string_view bound_to) {
  std::optional<std::string> bytes = open_sealed(key, sealed, bound_to);
  if (!bytes || bytes->size() != SecretKey::kBytes) return std::nullopt;
  std::optional<SecretKey> opened(*bytes);
  sodium_memzero(bytes->data(), bytes->size());
  return opened;
}

}  // namespace mt
