#include "actors/module_watch.h"

namespace mt {
namespace {

Supervision::Instant now() { return std::chrono::steady_clock::now(); }

}  // namespace

ModuleHealth ModuleWatch::health() const {
  const std::lock_guard lock(mutex_);
  return {name_, supervision_.state(now()), supervision_.reason()};
}

void ModuleWatch::started() {
  const std::lock_guard lock(mutex_);
  supervision_.started();
}

bool ModuleWatch::failed(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  const bool was_in_service = supervision_.in_service();
  const std::optional<Supervision::Pause> length = supervision_.failed(reason, now());
  if (!was_in_service || supervision_.in_service()) return false;
  in_service_.store(false, std::memory_order_release);
  ++turn_;
  if (length) pause_ = Pause{*length, turn_};
  return true;
}

std::optional<ModuleWatch::Pause> ModuleWatch::pause() const {
  const std::lock_guard lock(mutex_);
  return pause_;
}

void ModuleWatch::resume(std::uint64_t turn) {
  const std::lock_guard lock(mutex_);
  if (turn != turn_ || !pause_) return;
  pause_.reset();
  supervision_.resumed(now());
  in_service_.store(true, std::memory_order_release);
}

void ModuleWatch::reset() {
  const std::lock_guard lock(mutex_);
  ++turn_;
  pause_.reset();
  supervision_.reset();
  in_service_.store(true, std::memory_order_release);
}

}  // namespace mt
