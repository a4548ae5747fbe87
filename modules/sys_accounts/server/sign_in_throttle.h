// SignInThrottle: makes the guessing of a password slow. Each e-mail has a number of attempts; a
// used one comes back after a while, a right one at once. It counts by e-mail whether there is such
// an account or not, so that it betrays none, and never by network address, which all who sit
// behind one proxy share.
//
// A fixed number of cells, several for each e-mail, chosen by a hash whose key nobody knows. Who
// shares a cell only adds to it, so no flood of other e-mails makes it forget an attempt. An e-mail
// waits when all its cells are used up; that others do that to one they did not mean takes more
// attempts at once than hashing lets through. Kept in memory: a restart forgets. Any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/clock.h"
#include "events/base/result.h"

namespace mt::sys_accounts {

struct SignInLimits {
  std::uint32_t attempts = 5;
  std::chrono::seconds wait{60};  // until a used attempt comes back
};

class SignInThrottle {
 public:
  static constexpr std::size_t kRows = 4;        // cells of an e-mail, one a row
  static constexpr std::size_t kCells = 32'768;  // of a row

  // The clock outlives it.
  SignInThrottle(SignInLimits limits, const Clock& clock);

  // RESOURCE_EXHAUSTED when the e-mail has to wait. An attempt counts as a wrong one from here on,
  // so that many at once do not pass together, until it has `succeeded`.
  Result<void> admit(std::string_view email);
  void succeeded(std::string_view email);

 private:
  // When all the attempts that were used will have come back, in the throttle's own time.
  using Refilled = std::chrono::nanoseconds;
  using Cells = std::array<Refilled*, kRows>;

  Cells cells_of(std::string_view email);
  void pass_time();

  const SignInLimits limits_;
  const Clock& clock_;
  const std::string key_;
  std::mutex mutex_;
  std::chrono::nanoseconds now_{0};  // goes on only, also when the clock is set back
  Time seen_;                        // what the clock said last
  std::vector<Refilled> cells_;
};

}  // namespace mt::sys_accounts
