#include "actors/supervisor.h"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>
#include <string>
#include <utility>

#include "actors/ordered_actor.h"
#include "events/base/log.h"

namespace mt {
namespace {

bool is_failure(const caf::error& reason) {
  return reason && reason != caf::exit_reason::normal &&
         reason != caf::exit_reason::user_shutdown && reason != caf::exit_reason::unreachable;
}

// What an actor gave as the reason of its end, else CAF's name for it.
std::string reason_text(caf::actor_system& system, const caf::error& reason) {
  const caf::message& context = reason.context();
  if (reason == caf::sec::runtime_error && context.match_elements<std::string>()) {
    return context.get_as<std::string>(0);
  }
  return system.render(reason);
}

class SupervisorActor : public Supervisor::base {
 public:
  SupervisorActor(caf::actor_config& config, SupervisedModulePtr module)
      : Supervisor::base(config), module_(std::move(module)) {}

  const char* name() const override { return "supervisor"; }

  behavior_type make_behavior() override {
    set_down_handler([this](caf::down_msg& down) { on_down(down); });
    set_exit_handler([this](caf::exit_msg& exit) {
      const Turn taken(this);
      stop_children();
      quit(exit.reason);
    });
    module_->watch.started();
    for (const caf::strong_actor_ptr& child : module_->children()) monitor(child);
    begin_pause();
    return {
        [this](watch_atom, const caf::strong_actor_ptr& child) {
          const Turn taken(this);
          monitor(child);
        },
        [this](resume_atom, std::uint64_t turn) {
          const Turn taken(this);
          end_pause(turn);
        },
    };
  }

 private:
  void on_down(const caf::down_msg& down) {
    const Turn taken(this);
    module_->forget(down.source);
    if (!is_failure(down.reason)) return;
    const std::string reason = reason_text(system(), down.reason);
    if (!module_->watch.failed(reason)) return;
    stop_children();
    begin_pause();
    logger_.error("module out of service", {{"module", module_->watch.name().value},
                                            {"state", to_string(module_->watch.health().state)},
                                            {"reason", reason}});
  }

  // Also for a supervisor that replaces one which failed during the pause: it begins anew.
  void begin_pause() {
    const std::optional<ModuleWatch::Pause> pause = module_->watch.pause();
    if (pause) delayed_send(this, pause->length, resume_atom::value, pause->turn);
  }

  void end_pause(std::uint64_t turn) {
    module_->watch.resume(turn);
    logger_.info("module back in service", {{"module", module_->watch.name().value}});
  }

  // They answer what they are at, and end.
  void stop_children() {
    for (const caf::strong_actor_ptr& child : module_->children()) {
      send_exit(child, caf::exit_reason::user_shutdown);
    }
  }

  const Logger logger_{"actors"};
  const SupervisedModulePtr module_;
};

class RootActor : public Root::base {
 public:
  explicit RootActor(caf::actor_config& config) : Root::base(config) {}

  const char* name() const override { return "root"; }

  behavior_type make_behavior() override {
    set_down_handler([this](caf::down_msg& down) { on_down(down); });
    set_exit_handler([this](caf::exit_msg& exit) {
      const Turn taken(this);
      for (const auto& [address, module] : modules_) {
        send_exit(module->supervisor(), caf::exit_reason::user_shutdown);
      }
      quit(exit.reason);
    });
    return {[this](watch_atom, const SupervisedModulePtr& module) {
      const Turn taken(this);
      watch(module);
    }};
  }

 private:
  void watch(const SupervisedModulePtr& module) {
    const Supervisor supervisor = module->supervisor();
    modules_.emplace(supervisor.address(), module);
    monitor(supervisor);
  }

  void on_down(const caf::down_msg& down) {
    const Turn taken(this);
    const auto found = modules_.find(down.source);
    if (found == modules_.end()) return;
    const SupervisedModulePtr module = found->second;
    modules_.erase(found);
    if (!is_failure(down.reason)) return;
    logger_.error("supervisor failed", {{"module", module->watch.name().value},
                                        {"reason", reason_text(system(), down.reason)}});
    module->watch.failed("its supervisor failed: " + reason_text(system(), down.reason));
    spawn_supervisor(system(), module);
    watch(module);
  }

  const Logger logger_{"actors"};
  std::map<caf::actor_addr, SupervisedModulePtr> modules_;
};

}  // namespace

void SupervisedModule::set_supervisor(Supervisor supervisor) {
  const std::lock_guard lock(mutex_);
  supervisor_ = std::move(supervisor);
}

Supervisor SupervisedModule::supervisor() const {
  const std::lock_guard lock(mutex_);
  return supervisor_;
}

void SupervisedModule::adopt(const caf::strong_actor_ptr& child) {
  // The child stands in the list before the supervisor is read: a new supervisor that this message
  // does not reach finds it there.
  Supervisor supervisor;
  {
    const std::lock_guard lock(mutex_);
    children_.insert(caf::actor_cast<caf::actor_addr>(child));
    supervisor = supervisor_;
  }
  caf::anon_send(supervisor, watch_atom::value, child);
}

void SupervisedModule::forget(const caf::actor_addr& child) {
  const std::lock_guard lock(mutex_);
  children_.erase(child);
}

std::vector<caf::strong_actor_ptr> SupervisedModule::children() const {
  const std::lock_guard lock(mutex_);
  std::vector<caf::strong_actor_ptr> alive;
  alive.reserve(children_.size());
  for (const caf::actor_addr& child : children_) {
    if (auto pointer = caf::actor_cast<caf::strong_actor_ptr>(child)) {
      alive.push_back(std::move(pointer));
    }
  }
  return alive;
}

Supervisor spawn_supervisor(caf::actor_system& system, const SupervisedModulePtr& module) {
  const Supervisor supervisor = system.spawn<Ordered<SupervisorActor>>(module);
  module->set_supervisor(supervisor);
  return supervisor;
}

Root spawn_root(caf::actor_system& system) { return system.spawn<Ordered<RootActor>>(); }

}  // namespace mt
