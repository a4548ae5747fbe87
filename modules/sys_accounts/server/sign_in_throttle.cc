#include "modules/sys_accounts/server/sign_in_throttle.h"

#include <algorithm>
#include <cstring>

#include "events/base/ids.h"
#include "events/crypto/blake2b.h"
#include "events/crypto/random_bytes.h"
#include "modules/sys_accounts/server/names.h"

namespace mt::sys_accounts {

SignInThrottle::SignInThrottle(SignInLimits limits, const Clock& clock)
    : limits_(limits),
      clock_(clock),
      key_(random_bytes(32)),
      seen_(clock.now()),
      cells_(kRows * kCells) {}

Result<void> SignInThrottle::admit(std::string_view email) {
  const std::lock_guard lock(mutex_);
  pass_time();
  const Cells cells = cells_of(email);
  const Refilled latest = now_ + limits_.wait * (limits_.attempts - 1);
  if (std::ranges::all_of(cells, [&](const Refilled* cell) { return *cell > latest; })) {
    return Error{Code::kResourceExhausted, "too many attempts to sign in with this e-mail; wait " +
                                               std::to_string(limits_.wait.count()) +
                                               " s and try again"};
  }
  for (Refilled* cell : cells) *cell = std::max(*cell, now_) + limits_.wait;
  return {};
}

// Takes back what the attempt added and nothing else, so that whoever shares a cell with another
// wins that one no attempt by signing in with success.
void SignInThrottle::succeeded(std::string_view email) {
  const std::lock_guard lock(mutex_);
  for (Refilled* cell : cells_of(email)) *cell -= limits_.wait;
}

SignInThrottle::Cells SignInThrottle::cells_of(std::string_view email) {
  const Hash hash = blake2b_256({key_, normalize_email(email)});
  Cells cells{};
  for (std::size_t row = 0; row < kRows; ++row) {
    std::uint64_t number = 0;
    std::memcpy(&number, hash.data() + row * sizeof number, sizeof number);
    cells[row] = &cells_[row * kCells + number % kCells];
  }
  return cells;
}

// A clock that is set back stands still for a moment and keeps nobody waiting for it.
void SignInThrottle::pass_time() {
  const Time now = clock_.now();
  if (now > seen_) now_ += now - seen_;
  seen_ = now;
}

}  // namespace mt::sys_accounts
