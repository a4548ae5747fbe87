#include "actors/supervision.h"

#include <algorithm>
#include <utility>

namespace mt {

std::string_view to_string(ModuleState state) {
  switch (state) {
    case ModuleState::kStarting:
      return "starting";
    case ModuleState::kRunning:
      return "running";
    case ModuleState::kDegraded:
      return "degraded";
    case ModuleState::kStopped:
      return "stopped";
    case ModuleState::kFailed:
      return "failed";
  }
  return "unknown";
}

void Supervision::started() {
  if (service_ == Service::kStarting) service_ = Service::kUp;
}

std::optional<Supervision::Pause> Supervision::failed(std::string reason, Instant now) {
  reason_ = std::move(reason);
  // Actors that were still at work when the module left service do not prolong its pause.
  if (service_ == Service::kPaused || service_ == Service::kOver) return std::nullopt;
  while (!failures_.empty() && now - failures_.front() > limits_.window) failures_.pop_front();
  failures_.push_back(now);
  if (failures_.size() < limits_.failures) return std::nullopt;

  failures_.clear();
  // Restarts are in a row while none of them has led to a whole window of service.
  if (resumed_at_ && now - *resumed_at_ > limits_.window) restarts_ = 0;
  if (restarts_ >= limits_.restarts) {
    service_ = Service::kOver;
    return std::nullopt;
  }
  service_ = Service::kPaused;
  const Pause pause = back_off();
  ++restarts_;
  return pause;
}

Supervision::Pause Supervision::back_off() const {
  Pause pause = limits_.first_back_off;
  for (std::uint32_t i = 0; i < restarts_ && pause < limits_.longest_back_off; ++i) pause *= 2;
  return std::min(pause, limits_.longest_back_off);
}

void Supervision::resumed(Instant now) {
  if (service_ != Service::kPaused) return;
  service_ = Service::kUp;
  resumed_at_ = now;
}

void Supervision::reset() {
  service_ = Service::kUp;
  failures_.clear();
  restarts_ = 0;
  resumed_at_.reset();
  reason_.clear();
}

bool Supervision::in_service() const {
  return service_ == Service::kStarting || service_ == Service::kUp;
}

ModuleState Supervision::state(Instant now) const {
  switch (service_) {
    case Service::kStarting:
      return ModuleState::kStarting;
    case Service::kPaused:
      return ModuleState::kStopped;
    case Service::kOver:
      return ModuleState::kFailed;
    case Service::kUp:
      break;
  }
  const bool failed_lately = !failures_.empty() && now - failures_.back() <= limits_.window;
  const bool back_lately = resumed_at_ && now - *resumed_at_ <= limits_.window;
  return failed_lately || back_lately ? ModuleState::kDegraded : ModuleState::kRunning;
}

}  // namespace mt
