// The calls of one kind that are open at a door: a bounded number. Any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

namespace mt {

class OpenCalls {
 public:
  // The right of one call to be open; gives it back when it is destroyed.
  class Place {
   public:
    explicit Place(OpenCalls& calls) : calls_(&calls) {}
    Place(Place&& other) noexcept : calls_(std::exchange(other.calls_, nullptr)) {}
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (calls_ != nullptr) calls_->leave();
    }

   private:
    OpenCalls* calls_;  // null: moved from
  };

  explicit OpenCalls(std::uint32_t most) : most_(most) {}

  std::uint32_t most() const { return most_; }

  // None at the limit.
  std::optional<Place> enter() {
    const std::lock_guard lock(mutex_);
    if (open_ == most_) return std::nullopt;
    ++open_;
    return std::optional<Place>(*this);
  }

  // False when some are open then still.
  bool wait_until_none(std::chrono::system_clock::time_point until) {
    std::unique_lock lock(mutex_);
    return none_.wait_until(lock, until, [this] { return open_ == 0; });
  }

 private:
  void leave() {
    const std::lock_guard lock(mutex_);
    if (--open_ == 0) none_.notify_all();
  }

  const std::uint32_t most_;
  std::mutex mutex_;
  std::condition_variable none_;
  std::uint32_t open_ = 0;
};

}  // namespace mt
