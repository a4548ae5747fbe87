// SignInThrottle: makes the guessing of a password slow. After a number of wrong ones in a row for
// one e-mail, each further attempt has to come a while after the one before. It counts by e-mail
// whether there is such an account or not, so that it betrays none, and never by network address,
// which all who sit behind one proxy share. Kept in memory: a restart forgets. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "events/base/clock.h"
#include "events/base/ids.h"
#include "events/base/result.h"
#include "modules/sys_accounts/server/recent_map.h"

namespace mt::sys_accounts {

struct SignInLimits {
  std::uint32_t attempts = 5;
  std::chrono::seconds wait{60};
};

class SignInThrottle {
 public:
  static constexpr std::size_t kRemembered = 16'384;  // e-mails

  // The clock outlives it.
  SignInThrottle(SignInLimits limits, const Clock& clock) : limits_(limits), clock_(clock) {}

  // RESOURCE_EXHAUSTED when the e-mail has to wait. An attempt counts as a wrong one from here on,
  // so that many at once do not pass together, until it has `succeeded`.
  Result<void> admit(std::string_view email);
  void succeeded(std::string_view email);

 private:
  struct Attempts {
    std::uint32_t wrong = 0;
    Time last;
  };

  const SignInLimits limits_;
  const Clock& clock_;
  std::mutex mutex_;
  RecentMap<Attempts> attempts_{kRemembered};
};

}  // namespace mt::sys_accounts
