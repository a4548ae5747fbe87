#include "modules/sys_accounts/server/token_cache.h"

#include <cstring>
#include <utility>

namespace mt::sys_accounts {

std::size_t TokenCache::FirstBytes::operator()(const Hash& hash) const noexcept {
  std::size_t value = 0;
  std::memcpy(&value, hash.data(), sizeof value);
  return value;
}

std::optional<TokenBearer> TokenCache::find(const Hash& token) {
  const std::lock_guard lock(mutex_);
  if (const auto found = young_.find(token); found != young_.end()) return found->second;
  const auto found = old_.find(token);
  if (found == old_.end()) return std::nullopt;
  const TokenBearer bearer = found->second;
  old_.erase(found);
  put_young(token, bearer);
  return bearer;
}

void TokenCache::put(const Hash& token, TokenBearer bearer) {
  const std::lock_guard lock(mutex_);
  put_young(token, std::move(bearer));
}

void TokenCache::put_young(const Hash& token, TokenBearer bearer) {
  if (young_.size() >= half_) old_ = std::exchange(young_, {});
  young_.insert_or_assign(token, std::move(bearer));
}

std::size_t TokenCache::size() const {
  const std::lock_guard lock(mutex_);
  return young_.size() + old_.size();
}

}  // namespace mt::sys_accounts
