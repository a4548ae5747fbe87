// Supervision: how one module fares. It counts the failures of the module's actors and says when
// the module leaves service, for how long, and when for good. Pure: time comes in.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "actors/runtime.h"

namespace mt {

class Supervision {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  using Pause = std::chrono::milliseconds;

  explicit Supervision(SupervisionLimits limits) : limits_(limits) {}

  // The module's supervisor is up: its actors may work.
  void started();
  // One of its actors failed. Gives the pause after which the module comes back when it leaves
  // service now; none when it goes on serving, was out of service already, or has failed for good.
  std::optional<Pause> failed(std::string reason, Instant now);
  // The pause is over.
  void resumed(Instant now);
  // Back into service, counts at zero; the reason of the last failure is forgotten.
  void reset();

  bool in_service() const;
  ModuleState state(Instant now) const;
  const std::string& reason() const { return reason_; }

 private:
  enum class Service { kStarting, kUp, kPaused, kOver };

  Pause back_off() const;

  SupervisionLimits limits_;
  Service service_ = Service::kStarting;
  std::deque<Instant> failures_;       // within the window, since the module came into service
  std::uint32_t restarts_ = 0;         // in a row
  std::optional<Instant> resumed_at_;  // the last time that it came back
  std::string reason_;
};

}  // namespace mt
