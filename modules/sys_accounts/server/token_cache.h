// TokenCache: tokens whose signature was verified, so that a hot caller costs a look-up and not an
// Ed25519 verification. Bounded. Any thread; holds no lock for long.
#pragma once

#include <mutex>
#include <optional>

#include "events/base/ids.h"
#include "modules/sys_accounts/server/access_tokens.h"
#include "modules/sys_accounts/server/recent_map.h"

namespace mt::sys_accounts {

class TokenCache {
 public:
  explicit TokenCache(std::size_t capacity) : bearers_(capacity) {}

  // By the hash of the token's text, so that no token lies in memory.
  std::optional<TokenBearer> find(const Hash& token);
  void put(const Hash& token, TokenBearer bearer);
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  RecentMap<TokenBearer> bearers_;
};

}  // namespace mt::sys_accounts
