#include "bus/call_accounts.h"

namespace mt {

CallTicket::CallTicket(std::shared_ptr<CallAccounts> accounts, std::atomic<std::uint32_t>& open)
    : accounts_(std::move(accounts)), open_(&open) {}

CallTicket::~CallTicket() {
  if (accounts_ != nullptr) accounts_->leave(*open_);
}

CallAccounts::CallAccounts(const DispatcherLimits& limits)
    : most_calls_(limits.in_flight), most_watches_(limits.watches) {}

Result<CallTicket> CallAccounts::enter_call() { return enter(calls_, most_calls_, "calls"); }

Result<CallTicket> CallAccounts::enter_watch() { return enter(watches_, most_watches_, "streams"); }

// The count goes up before the state is read, and drain() writes the state before it reads the
// count: one of the two sees the other, so that no call slips in unseen.
Result<CallTicket> CallAccounts::enter(std::atomic<std::uint32_t>& open, std::uint32_t limit,
                                       const char* what) {
  started_.fetch_add(1, std::memory_order_relaxed);
  const std::uint32_t now_open = open.fetch_add(1) + 1;
  CallTicket ticket(shared_from_this(), open);
  const State state = state_.load();
  if (state == State::kOpen && now_open <= limit) return ticket;
  if (state == State::kNotStarted) return unavailable("the server is starting; try again soon");
  if (state != State::kOpen) return unavailable("the server is stopping; try again soon");
  return Error{Code::kResourceExhausted, "too many " + std::string(what) +
                                             " at once, the limit is " + std::to_string(limit) +
                                             "; try again soon"};
}

void CallAccounts::leave(std::atomic<std::uint32_t>& open) {
  if (open.fetch_sub(1) != 1 || state_.load() == State::kOpen) return;
  const std::lock_guard lock(mutex_);
  left_.notify_all();
}

CallCounts CallAccounts::counts() const {
  return {started_.load(), refused_.load(), calls_.load() + watches_.load()};
}

void CallAccounts::open() {
  State expected = State::kNotStarted;
  state_.compare_exchange_strong(expected, State::kOpen);
}

void CallAccounts::drain(std::chrono::milliseconds patience) {
  state_ = State::kStopping;
  std::unique_lock lock(mutex_);
  left_.wait_for(lock, patience, [this] { return calls_ == 0 && watches_ == 0; });
}

}  // namespace mt
