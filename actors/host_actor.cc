#include "actors/host_actor.h"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <caf/system_messages.hpp>
#include <exception>
#include <list>
#include <optional>
#include <utility>

#include "actors/host_directory.h"
#include "actors/ordered_actor.h"

namespace mt {
namespace {

class EntityHostActor : public HostActor::base, public HostReturn {
 public:
  EntityHostActor(caf::actor_config& config, const HostWorld& world, SupervisedModulePtr module,
                  EntityIdentity entity, Position committed)
      : HostActor::base(config),
        directory_(world.directory),
        module_(std::move(module)),
        set_aside_(world.set_aside),
        key_{entity.module, entity.stream},
        host_(std::in_place, std::move(entity), world.ports, world.limits, *this, committed) {}

  const char* name() const override { return "host"; }

  behavior_type make_behavior() override {
    set_exit_handler([this](caf::exit_msg&) {
      const Turn taken(this);
      retire();
    });
    set_exception_handler([](std::exception_ptr& thrown) { return reason_of(thrown); });
    return {
        [this](PendingPtr& command) {
          const Turn taken(this);
          take(std::move(command));
        },
        [this](Result<Appended>& outcome) {
          const Turn taken(this);
          host_->appended(std::move(outcome));
          look_after();
        },
        [this](tables_atom, bool reached) {
          const Turn taken(this);
          host_->tables_reached(reached);
          look_after();
        },
        [this](leave_atom) {
          const Turn taken(this);
          leave();
        },
    };
  }

  void on_exit() override {
    const Position committed = host_->committed();
    host_.reset();
    directory_.ended(key_, id(), committed);
  }

 private:
  // Retiring: ends once the command at hand is answered by the writer; the others go back to the
  // directory, for the next host. Retired: the directory sends nothing more to this one.
  enum class Phase { kWorking, kRetiring, kRetired };

  AppendDone appended() override {
    return [self = HostActor(this)](Result<Appended> outcome) {
      caf::anon_send(self, std::move(outcome));
    };
  }

  std::function<void(bool)> tables_reached() override {
    return [self = HostActor(this)](bool reached) {
      caf::anon_send(self, tables_atom::value, reached);
    };
  }

  bool in_service() const override { return module_->watch.in_service(); }

  void set_aside(const UnusedSnapshot& unused) override {
    set_aside_.note(key_.module, key_.stream, unused);
  }

  static caf::error reason_of(const std::exception_ptr& thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& exception) {
      return caf::make_error(caf::sec::runtime_error, std::string(exception.what()));
    } catch (...) {
      return caf::make_error(caf::sec::runtime_error, std::string("an unknown exception"));
    }
  }

  void take(PendingPtr command) {
    switch (phase_) {
      case Phase::kWorking:
        host_->take(std::move(command));
        look_after();
        return;
      case Phase::kRetiring:
        held_.push_back(std::move(command));
        return;
      case Phase::kRetired:
        directory_.send_on(std::move(command));
        return;
    }
  }

  // A host made while its module left service was not there to be told; it finds out by itself.
  void look_after() {
    if (phase_ == Phase::kRetiring || !host_->failure().empty() || !in_service()) retire();
  }

  // The next host must load what this one wrote: it is made only after the writer's answer.
  void retire() {
    if (phase_ == Phase::kRetired) return;
    phase_ = Phase::kRetiring;
    held_.splice(held_.end(), host_->take_waiting());
    if (host_->is_busy()) return;
    phase_ = Phase::kRetired;
    directory_.detach(key_, id(), host_->committed());
    for (PendingPtr& command : std::exchange(held_, {})) directory_.send_on(std::move(command));
    // Behind all that the directory has sent until it let go.
    send(this, leave_atom::value);
  }

  void leave() {
    if (host_->failure().empty()) {
      quit(caf::exit_reason::normal);
    } else {
      quit(caf::make_error(caf::sec::runtime_error, host_->failure()));
    }
  }

  HostDirectory& directory_;
  const SupervisedModulePtr module_;
  SetAside& set_aside_;
  const HostKey key_;
  std::optional<EntityHost> host_;
  Phase phase_ = Phase::kWorking;
  std::list<PendingPtr> held_;
};

}  // namespace

HostActor spawn_host(const HostWorld& world, const SupervisedModulePtr& module,
                     EntityIdentity entity, Position committed) {
  const HostActor host =
      world.system.spawn<Ordered<EntityHostActor>>(world, module, std::move(entity), committed);
  module->adopt(caf::actor_cast<caf::strong_actor_ptr>(host));
  return host;
}

}  // namespace mt
