// How many calls are open, how many there were, and whether more may come. Counts only: no lock on
// the way of a call. Shared by the dispatcher and every open call, so that a late answer finds it
// alive.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>

#include "bus/dispatcher.h"
#include "events/base/result.h"

namespace mt {

class CallAccounts;

// The right of one call to be open; gives it back when it is destroyed.
class CallTicket {
 public:
  CallTicket(std::shared_ptr<CallAccounts> accounts, std::atomic<std::uint32_t>& open);
  CallTicket(CallTicket&& other) noexcept = default;
  CallTicket& operator=(CallTicket&&) = delete;
  ~CallTicket();

  CallAccounts& accounts() const { return *accounts_; }

 private:
  std::shared_ptr<CallAccounts> accounts_;  // null: moved from
  std::atomic<std::uint32_t>* open_;
};

class CallAccounts : public std::enable_shared_from_this<CallAccounts> {
 public:
  explicit CallAccounts(const DispatcherLimits& limits);

  // UNAVAILABLE before open() and after drain(); RESOURCE_EXHAUSTED at the limit.
  Result<CallTicket> enter_call();
  Result<CallTicket> enter_watch();
  void count_refusal() { refused_.fetch_add(1, std::memory_order_relaxed); }
  CallCounts counts() const;

  void open();
  // Lets nothing more in and waits until all have left, at most `patience`. Calls go on to their
  // end; streams, which may have none, see that they are to stop.
  void drain(std::chrono::milliseconds patience);
  bool is_stopping() const { return state_.load() == State::kStopping; }

 private:
  friend class CallTicket;
  enum class State { kNotStarted, kOpen, kStopping };

  Result<CallTicket> enter(std::atomic<std::uint32_t>& open, std::uint32_t limit, const char* what);
  void leave(std::atomic<std::uint32_t>& open);

  const std::uint32_t most_calls_;
  const std::uint32_t most_watches_;
  std::atomic<State> state_ = State::kNotStarted;
  std::atomic<std::uint32_t> calls_ = 0;
  std::atomic<std::uint32_t> watches_ = 0;
  std::atomic<std::uint64_t> started_ = 0;
  std::atomic<std::uint64_t> refused_ = 0;
  std::mutex mutex_;  // only of drain() and of those who leave during it
  std::condition_variable left_;
};

}  // namespace mt
