// Sealing: what is sealed with a key can be read, and was not changed, only by whoever has that
// key. XChaCha20-Poly1305 with a random nonce, by libsodium.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mt {

// A key of 32 bytes that leaves nothing in the memory that it gives back.
class SecretKey {
 public:
  static constexpr std::size_t kBytes = 32;

  static SecretKey random();
  explicit SecretKey(std::string_view bytes);
  ~SecretKey();
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;

  std::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }

 private:
  SecretKey() = default;
  std::array<char, kBytes> bytes_{};
};

// By how much a sealed text is longer: its nonce before it, its tag behind it.
inline constexpr std::size_t kSealBytes = 24 + 16;

// `bound_to` is not in the result; whoever opens it must give the same.
std::string seal(const SecretKey& key, std::string_view text, std::string_view bound_to);

// None when it was sealed with another key, bound to something else, or has changed.
std::optional<std::string> open_sealed(const SecretKey& key, std::string_view sealed,
                                       std::string_view bound_to);
// The same of a key.
std::optional<SecretKey> open_sealed_key(const SecretKey& key, std::string_view sealed,
                                         std::string_view bound_to);

}  // namespace mt
