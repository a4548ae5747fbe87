#include "actors/idle_sweeper.h"

#include <utility>

#include "actors/ordered_actor.h"

namespace mt {
namespace {

class IdleSweeperActor : public IdleSweeper::base {
 public:
  IdleSweeperActor(caf::actor_config& config, std::weak_ptr<HostDirectory> directory,
                   std::chrono::milliseconds interval)
      : IdleSweeper::base(config), directory_(std::move(directory)), interval_(interval) {}

  const char* name() const override { return "idle_sweeper"; }

  behavior_type make_behavior() override {
    delayed_send(this, interval_, sweep_atom::value);
    return {[this](sweep_atom) { sweep(); }};
  }

 private:
  void sweep() {
    const Turn taken(this);
    const std::shared_ptr<HostDirectory> directory = directory_.lock();
    if (!directory) return quit();
    directory->sweep(std::chrono::steady_clock::now());
    delayed_send(this, interval_, sweep_atom::value);
  }

  const std::weak_ptr<HostDirectory> directory_;
  const std::chrono::milliseconds interval_;
};

}  // namespace

IdleSweeper spawn_idle_sweeper(caf::actor_system& system, std::weak_ptr<HostDirectory> directory,
                               std::chrono::milliseconds interval) {
  return system.spawn<Ordered<IdleSweeperActor>>(std::move(directory), interval);
}

}  // namespace mt
