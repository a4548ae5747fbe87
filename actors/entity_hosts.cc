#include "actors/entity_hosts.h"

#include <algorithm>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/host_actor.h"
#include "actors/host_directory.h"
#include "actors/idle_sweeper.h"
#include "actors/runtime_impl.h"

namespace mt {
namespace {

// Often enough that an entity stays at most a quarter longer than it should.
std::chrono::milliseconds sweep_interval(const HostLimits& limits) {
  return std::max(std::chrono::milliseconds(limits.idle) / 4, std::chrono::milliseconds(100));
}

}  // namespace

class EntityHosts::Impl {
 public:
  Impl(ActorRuntime& runtime, HostPorts ports, HostLimits limits, UpcastersOf upcasters)
      : runtime_(runtime),
        upcasters_(std::move(upcasters)),
        directory_(std::make_shared<HostDirectory>(
            limits, [this](const EntityCommand& first,
                           Position committed) { return spawn(first, committed); })),
        world_{runtime.impl().system(), ports, limits, *directory_, set_aside_},
        sweeper_(spawn_idle_sweeper(world_.system, directory_, sweep_interval(limits))) {}

  void deliver(EntityCommand command) {
    if (runtime_.in_service(command.module)) return directory_->deliver(std::move(command));
    command.respond(
        unavailable(command.module.value + " is out of service after failures; try again later"));
  }

  void renew(const ModuleName& module, const StreamId& stream) {
    directory_->renew({module, stream});
  }

  std::size_t in_memory() const { return directory_->size(); }

  void stop() {
    directory_->stop();
    caf::anon_send_exit(sweeper_, caf::exit_reason::user_shutdown);
  }

 private:
  HostActor spawn(const EntityCommand& first, Position committed) const {
    return spawn_host(
        world_, runtime_.impl().module(first.module),
        {first.module, {first.type->category, first.id}, *first.type, upcasters_(first.module)},
        committed);
  }

  ActorRuntime& runtime_;
  const UpcastersOf upcasters_;
  const std::shared_ptr<HostDirectory> directory_;
  SetAside set_aside_;
  const HostWorld world_;
  const IdleSweeper sweeper_;
};

EntityHosts::EntityHosts(ActorRuntime& runtime, HostPorts ports, HostLimits limits,
                         UpcastersOf upcasters)
    : impl_(std::make_unique<Impl>(runtime, ports, limits, std::move(upcasters))) {}

EntityHosts::~EntityHosts() { stop(); }

void EntityHosts::deliver(EntityCommand command) { impl_->deliver(std::move(command)); }

void EntityHosts::renew(const ModuleName& module, const StreamId& stream) {
  impl_->renew(module, stream);
}

std::size_t EntityHosts::in_memory() const { return impl_->in_memory(); }

void EntityHosts::stop() { impl_->stop(); }

}  // namespace mt
