#include "modules/sys_accounts/server/token_cache.h"

#include <utility>

namespace mt::sys_accounts {

std::optional<TokenBearer> TokenCache::find(const Hash& token) {
  const std::lock_guard lock(mutex_);
  const TokenBearer* bearer = bearers_.find(token);
  if (bearer == nullptr) return std::nullopt;
  return *bearer;
}

void TokenCache::put(const Hash& token, TokenBearer bearer) {
  const std::lock_guard lock(mutex_);
  bearers_.put(token, std::move(bearer));
}

std::size_t TokenCache::size() const {
  const std::lock_guard lock(mutex_);
  return bearers_.size();
}

}  // namespace mt::sys_accounts
