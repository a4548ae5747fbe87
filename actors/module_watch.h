// ModuleWatch: one supervised module, as all threads see it: its supervisor's handle, whether it is
// in service, how it fares. It outlives its supervisor, so that the next one goes on from here.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "actors/runtime.h"
#include "actors/supervision.h"

namespace mt {

class ModuleWatch {
 public:
  ModuleWatch(ModuleName name, SupervisionLimits limits)
      : name_(std::move(name)), supervision_(limits) {}

  const ModuleName& name() const { return name_; }
  bool in_service() const { return in_service_.load(std::memory_order_acquire); }
  ModuleHealth health() const;

  // A pause that a supervisor has to end by `resume`.
  struct Pause {
    Supervision::Pause length;
    std::uint64_t turn = 0;
  };

  void started();
  // One of the module's actors failed; true when the module leaves service by it.
  bool failed(const std::string& reason);
  // The pause that the module is in; none while it serves or when it has failed for good.
  std::optional<Pause> pause() const;
  // Ends the pause of that turn; a reset in between has made it void.
  void resume(std::uint64_t turn);
  void reset();

 private:
  const ModuleName name_;
  std::atomic<bool> in_service_{true};
  mutable std::mutex mutex_;
  Supervision supervision_;
  std::optional<Pause> pause_;
  std::uint64_t turn_ = 0;
};

}  // namespace mt
