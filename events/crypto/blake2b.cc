#include "events/crypto/blake2b.h"

#include <sodium.h>

#include "events/crypto/sodium_ready.h"

namespace mt {
namespace {

const unsigned char* bytes_of(std::string_view part) {
  return reinterpret_cast<const unsigned char*>(part.data());
}

template <typename Out>
Out hash_parts(std::initializer_list<std::string_view> parts, std::string_view key = {}) {
  sodium_ready();
  Out out{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, key.empty() ? nullptr : bytes_of(key), key.size(), out.size());
  for (const std::string_view part : parts) {
    crypto_generichash_update(&state, bytes_of(part), part.size());
  }
  crypto_generichash_final(&state, out.data(), out.size());
  return out;
}

}  // namespace

Hash blake2b_256(std::initializer_list<std::string_view> parts) { return hash_parts<Hash>(parts); }

Digest blake2b_128(std::initializer_list<std::string_view> parts) {
  return hash_parts<Digest>(parts);
}

Hash blake2b_256_keyed(std::string_view key, std::initializer_list<std::string_view> parts) {
  return hash_parts<Hash>(parts, key);
}

struct Blake2b256::State {
  crypto_generichash_state sodium;
};

Blake2b256::Blake2b256() : state_(std::make_unique<State>()) {
  sodium_ready();
  crypto_generichash_init(&state_->sodium, nullptr, 0, sizeof(Hash));
}

Blake2b256::~Blake2b256() = default;

void Blake2b256::add(std::string_view part) {
  crypto_generichash_update(&state_->sodium, bytes_of(part), part.size());
}

Hash Blake2b256::finish() {
  Hash hash{};
  crypto_generichash_final(&state_->sodium, hash.data(), hash.size());
  return hash;
}

}  // namespace mt
