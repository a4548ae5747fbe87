#include "actors/runtime.h"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>
#include <utility>

#include "actors/runtime_impl.h"
#include "events/base/check.h"

namespace mt {
namespace {

// The default policy's workers poll and steal each other's work, which costs a third of the
// throughput on few cores; here they share one queue and sleep when it is empty.
caf::actor_system_config& configure(caf::actor_system_config& config, std::uint32_t threads) {
  config.set("scheduler.policy", caf::atom("sharing"));
  if (threads > 0) config.set("scheduler.max-threads", std::size_t{threads});
  return config;
}

}  // namespace

ActorRuntime::Impl::Impl(std::uint32_t threads, SupervisionLimits limits)
    : limits_(limits), system_(configure(config_, threads)), root_(spawn_root(system_)) {}

void ActorRuntime::Impl::supervise(const ModuleName& name) {
  const auto module = std::make_shared<SupervisedModule>(name, limits_);
  {
    const std::unique_lock lock(mutex_);
    check(modules_.emplace(name, module).second, "a module is supervised once");
  }
  spawn_supervisor(system_, module);
  caf::anon_send(root_, watch_atom::value, module);
}

const SupervisedModulePtr& ActorRuntime::Impl::module(const ModuleName& name) const {
  const std::shared_lock lock(mutex_);
  const auto found = modules_.find(name);
  check(found != modules_.end(), "a module is supervised before its actors work");
  return found->second;
}

std::vector<ModuleHealth> ActorRuntime::Impl::health() const {
  const std::shared_lock lock(mutex_);
  std::vector<ModuleHealth> all;
  all.reserve(modules_.size());
  for (const auto& [name, module] : modules_) all.push_back(module->watch.health());
  return all;
}

void ActorRuntime::Impl::stop() {
  caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
  {
    // Those that the root has not heard of yet.
    const std::shared_lock lock(mutex_);
    for (const auto& [name, module] : modules_) {
      caf::anon_send_exit(module->supervisor(), caf::exit_reason::user_shutdown);
    }
  }
  system_.await_all_actors_done();
  // A supervisor and its module hold each other: the circle must be opened by hand.
  const std::shared_lock lock(mutex_);
  for (const auto& [name, module] : modules_) module->set_supervisor({});
}

ActorRuntime::ActorRuntime(std::uint32_t threads, SupervisionLimits limits)
    : impl_(std::make_unique<Impl>(threads, limits)) {}

ActorRuntime::~ActorRuntime() { stop(); }

void ActorRuntime::supervise(const ModuleName& module) { impl_->supervise(module); }

bool ActorRuntime::in_service(const ModuleName& module) const {
  return impl_->module(module)->watch.in_service();
}

std::vector<ModuleHealth> ActorRuntime::health() const { return impl_->health(); }

void ActorRuntime::reset(const ModuleName& module) { impl_->module(module)->watch.reset(); }

void ActorRuntime::stop() { impl_->stop(); }

}  // namespace mt
