// Every check between an edge and a handler, in one place and one order. Any thread; no locks.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "bus/call.h"
#include "bus/dispatcher.h"
#include "bus/prepared_call.h"

namespace mt {

class CallChecks {
 public:
  explicit CallChecks(const DispatcherLimits& limits);

  // Before the start: it is read without a lock.
  void set_authenticator(std::shared_ptr<const Authenticator> authenticator);

  // Cheapest first; nothing of a request is read for who may not call at all. `Request` is bytes or
  // a message. Takes the ids out of `input`.
  template <typename Request>
  Result<std::shared_ptr<PreparedCall>> prepare(const std::shared_ptr<const MethodEntry>& entry,
                                                CallInput& input, Request&& request) const {
    MT_TRY(auto call, begin(entry, input));
    MT_CHECK_OK(call->take(std::forward<Request>(request)));
    MT_CHECK_OK(finish(*call, input));
    return call;
  }

 private:
  using Instant = std::chrono::steady_clock::time_point;

  Result<std::shared_ptr<PreparedCall>> begin(const std::shared_ptr<const MethodEntry>& entry,
                                              const CallInput& input) const;
  Result<void> finish(PreparedCall& call, CallInput& input) const;
  Result<Instant> deadline_of(const MethodEntry& entry, const CallInput& input) const;
  Result<Caller> caller_of(const CallInput& input) const;

  const std::chrono::milliseconds default_deadline_;
  const std::chrono::milliseconds longest_deadline_;
  std::shared_ptr<const Authenticator> authenticator_;
};

// DEADLINE_EXCEEDED: the call came, or was taken from a queue, after its deadline.
Error too_late(const MethodEntry& entry);

}  // namespace mt
