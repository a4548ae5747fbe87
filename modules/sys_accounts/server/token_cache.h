// TokenCache: tokens whose signature was verified, so that a hot caller costs a look-up and not an
// Ed25519 verification. Bounded: what was not asked for lately is forgotten. Any thread; holds no
// lock for long.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "events/base/ids.h"
#include "modules/sys_accounts/server/access_tokens.h"

namespace mt::sys_accounts {

class TokenCache {
 public:
  explicit TokenCache(std::size_t capacity) : half_(capacity / 2) {}

  // By the hash of the token's text, so that no token lies in memory.
  std::optional<TokenBearer> find(const Hash& token);
  void put(const Hash& token, TokenBearer bearer);
  std::size_t size() const;

 private:
  // A hash's bytes are as good as random already.
  struct FirstBytes {
    std::size_t operator()(const Hash& hash) const noexcept;
  };
  using Bearers = std::unordered_map<Hash, TokenBearer, FirstBytes>;

  void put_young(const Hash& token, TokenBearer bearer);

  const std::size_t half_;
  mutable std::mutex mutex_;
  // Two generations: a full young one becomes the old one, and the old one is forgotten.
  Bearers young_;
  Bearers old_;
};

}  // namespace mt::sys_accounts
