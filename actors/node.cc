#include "actors/node.h"

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "actors/entity_commands.h"
#include "actors/growth_hints.h"
#include "actors/log_kinds.h"
#include "actors/log_retention.h"
#include "actors/module_checks.h"
#include "actors/module_signs.h"
#include "actors/reactors.h"
#include "actors/subject_erasure.h"
#include "bus/local_bus.h"
#include "events/derived_store.h"
#include "events/personal_log.h"
#include "events/writer.h"
#include "projections/live_tables.h"

namespace mt {
namespace {

std::vector<TableModule> table_modules(const std::vector<Module>& modules) {
  std::vector<TableModule> tables;
  for (const Module& module : modules) {
    tables.push_back({module.name(), &module.upcasters(), module.projections(), module.remembered(),
                      module.earlier()});
  }
  return tables;
}

std::vector<ModuleName> names_of(const std::vector<Module>& modules) {
  std::vector<ModuleName> names;
  for (const Module& module : modules) names.push_back(module.name());
  return names;
}

LogRetention::Policy archived_after(const std::vector<Module>& modules) {
  LogRetention::Policy policy;
  for (const Module& module : modules) {
    if (const auto days = module.archived_after()) policy.emplace(module.name(), *days);
  }
  return policy;
}

std::vector<std::shared_ptr<const Reactor>> reactors_of(const std::vector<Module>& modules) {
  std::vector<std::shared_ptr<const Reactor>> reactors;
  for (const Module& module : modules) {
    reactors.insert(reactors.end(), module.reactors().begin(), module.reactors().end());
  }
  return reactors;
}

Error about(const Module& module, Error error) {
  error.message = "module " + module.name().value + ": " + error.message;
  return error;
}

}  // namespace

class Node::Impl final : public NodeControl {
 public:
  Impl(NodeSettings settings, std::vector<Module> modules, NodePorts ports)
      : settings_(std::move(settings)),
        modules_(std::move(modules)),
        ports_(ports),
        runtime_(settings_.actor_threads, settings_.supervision),
        personal_(ports_.keys),
        log_(ports_.log, personal_),
        derived_(ports_.tables),
        tables_(ports_.tables, log_, derived_, table_modules(modules_), settings_.tables),
        retention_(ports_.log, ports_.clock, archived_after(modules_)),
        dispatcher_(settings_.dispatcher),
        reactors_(reactors_of(modules_), reactor_ports(), settings_.reactors) {}

  ~Impl() override { stop(); }

  Dispatcher& dispatcher() { return dispatcher_; }

  void set_listening(std::vector<std::string> addresses) {
    const std::lock_guard lock(mutex_);
    listening_ = std::move(addresses);
  }

  // ---- start and stop ----

  Result<void> start(const OnFold& progress) {
    if (std::exchange(begun_, true)) {
      return failed_precondition("this node was started before; make a new one");
    }
    Result<void> outcome = start_parts(progress);
    if (outcome) outcome = run_started();
    if (!outcome) stop();
    return outcome;
  }

  void stop() {
    const std::lock_guard lock(stopping_);
    begun_ = true;
    if (phase_.exchange(NodePhase::kStopped) == NodePhase::kStopped) return;
    retention_.stop();
    reactors_.quiesce();
    dispatcher_.stop();
    reactors_.stop();
    if (hosts_) hosts_->stop();
    if (writer_) writer_->stop();
    tables_.stop();
    runtime_.stop();
  }

  // ---- NodeControl ----

  NodeInfo node() const override {
    NodeInfo info;
    info.name = settings_.name;
    info.container = settings_.container;
    info.version = settings_.version;
    info.started = started_;
    if (hosts_) info.entities_in_memory = hosts_->in_memory();
    const std::lock_guard lock(mutex_);
    info.listening = listening_;
    return info;
  }

  std::vector<ModuleInfo> modules() const override {
    const std::vector<TableState> tables = opened_ ? tables_.states() : std::vector<TableState>();
    const std::vector<ModuleHealth> health = runtime_.health();
    std::vector<ModuleInfo> infos;
    for (const Module& module : modules_) infos.push_back(info_of(module, tables, health));
    return infos;
  }

  const Upcasters* upcasters(const ModuleName& name) const override {
    for (const Module& module : modules_) {
      if (module.name() == name) return &module.upcasters();
    }
    return nullptr;
  }

  LiveTables& tables() override { return tables_; }
  const EventLog& log() const override { return log_; }
  const EventLog& stored_log() const override { return ports_.log; }
  const PersonalData& personal() const override { return personal_; }
  Result<Erasure> erase(const std::string& subject, const OnFold& progress) override {
    const std::lock_guard one_at_a_time(erasing_);
    const SubjectErasure::Ports ports{ports_.log, personal_, modules_,
                                      tables_,    *hosts_,   ports_.clock};
    return SubjectErasure(ports).erase(subject, progress);
  }
  Result<ArchiveReport> archive_events(const ModuleName& module, const ArchiveWishes& wishes,
                                       const OnArchive& progress) override {
    return retention_.archive(module, wishes, progress);
  }
  Result<CompactionReport> compact_tables(const OnCompaction& progress) override {
    if (ports_.tables_file != nullptr) return ports_.tables_file->compact(progress);
    return failed_precondition("the tables of this node lie in no file that could be compacted");
  }
  const Derived& derived() const override { return derived_; }
  const DataSets& data_sets() const override { return ports_.data_sets; }
  Bus& bus() override { return bus_; }
  ActorRuntime& runtime() override { return runtime_; }
  Reactors& reactors() override { return reactors_; }

 private:
  // Logs → tables → writer → hosts → methods → dispatcher: each finds ready what it needs.
  Result<void> start_parts(const OnFold& progress) {
    MT_CHECK_OK(check_modules(modules_));
    for (const Module& module : modules_) MT_CHECK_OK(check_config(module));
    MT_CHECK_OK(learn_what_is_personal());
    MT_CHECK_OK(open_logs());
    MT_CHECK_OK(check_kinds(modules_, ports_.log, ports_.tables, derived_, progress));
    MT_CHECK_OK(tables_.open(progress));
    opened_ = true;
    tables_.start();
    start_writer();
    start_hosts();
    MT_CHECK_OK(bind_modules());
    MT_CHECK_OK(make_authenticator());
    started_ = ports_.clock.now();
    dispatcher_.start();
    phase_ = NodePhase::kServing;
    MT_CHECK_OK(reactors_.open());
    reactors_.start();
    retention_.start();
    return {};
  }

  Result<void> learn_what_is_personal() {
    for (const Module& module : modules_) {
      auto learnt = personal_.learn(module.name(), module.event_types(), module.personal_claims());
      if (!learnt) return about(module, std::move(learnt).error());
    }
    return {};
  }

  Result<void> open_logs() {
    for (const Module& module : modules_) {
      if (auto opened = ports_.log.open(module.name()); !opened) {
        return about(module, std::move(opened).error());
      }
    }
    return {};
  }

  ReactorPorts reactor_ports() {
    return {log_,
            derived_,
            tables_,
            dispatcher_,
            bus_,
            ports_.clock,
            [this](EntityCommand command) { hosts_->deliver(std::move(command)); },
            [this](const ModuleName& name) { return upcasters(name); }};
  }

  void start_writer() {
    growth_.emplace(log_, bus_, names_of(modules_));
    writer_.emplace(log_, derived_, ports_.clock, [this] {
      tables_.wake();
      growth_->publish();
    });
  }

  void start_hosts() {
    for (const Module& module : modules_) runtime_.supervise(module.name());
    hosts_.emplace(runtime_, HostPorts{log_, derived_, *writer_, tables_, ports_.clock, &personal_},
                   settings_.hosts, [this](const ModuleName& name) { return upcasters(name); });
  }

  Result<void> bind_modules() {
    const Deliver deliver = [this](EntityCommand command) { hosts_->deliver(std::move(command)); };
    for (const Module& module : modules_) {
      auto commands = std::make_shared<EntityCommands>(module.name(), module.entities(), deliver);
      deps_.push_back({module.name(), module.config(), std::move(commands), dispatcher_, *this,
                       ports_.secrets, ports_.clock});
      for (const Module::Service& service : module.services()) {
        if (auto bound = bind(module, service, deps_.back(), deliver); !bound) {
          return about(module, std::move(bound).error());
        }
      }
    }
    return {};
  }

  Result<void> bind(const Module& module, const Module::Service& service, const Deps& deps,
                    const Deliver& deliver) {
    const auto* pool = google::protobuf::DescriptorPool::generated_pool();
    const auto& descriptor = *pool->FindServiceByName(service.name);  // check_modules found it
    Api api(descriptor, deps, module.entities(), deliver);
    MT_CHECK_OK(service.bind(api, deps));
    return dispatcher_.check_complete(descriptor);
  }

  Result<void> make_authenticator() {
    for (std::size_t i = 0; i < modules_.size(); ++i) {
      if (!modules_[i].authenticator()) continue;
      auto authenticator = modules_[i].authenticator()(deps_[i]);
      if (authenticator == nullptr) {
        return about(modules_[i], failed_precondition("it makes no authenticator"));
      }
      dispatcher_.set_authenticator(std::move(authenticator));
    }
    return {};
  }

  Result<void> run_started() {
    for (std::size_t i = 0; i < modules_.size(); ++i) {
      if (!modules_[i].started()) continue;
      if (auto ran = modules_[i].started()(deps_[i]); !ran) {
        return about(modules_[i], std::move(ran).error());
      }
    }
    return {};
  }

  ModuleInfo info_of(const Module& module, const std::vector<TableState>& tables,
                     const std::vector<ModuleHealth>& health) const {
    ModuleSigns signs{phase_, {}, {}, {}, {}, {}};
    for (const ModuleHealth& one : health) {
      if (one.module == module.name()) signs.supervised = one;
    }
    for (const TableState& table : tables) {
      if (table.module == module.name()) signs.tables.push_back(table);
    }
    for (const ReactorInfo& reactor : reactors_.list()) {
      if (reactor.module == module.name()) signs.reactors.push_back(reactor.trouble());
    }
    signs.tables_stopped = tables_.failure(module.name());
    if (writer_) signs.writer_stopped = writer_->failure();
    ModuleVerdict verdict = judge(signs);

    ModuleInfo info;
    info.name = module.name();
    info.version = module.version();
    info.state = verdict.state;
    info.reason = std::move(verdict.reason);
    if (opened_) info.log_head = ports_.log.head(module.name());
    info.tables = std::move(signs.tables);
    for (const Module::Service& service : module.services()) info.services.push_back(service.name);
    info.entities = module.entities();
    for (const EntityType* entity : info.entities) info.events.push_back(entity->event);
    return info;
  }

  const NodeSettings settings_;
  const std::vector<Module> modules_;
  const NodePorts ports_;

  std::mutex stopping_;
  std::mutex erasing_;
  bool begun_ = false;
  std::atomic<NodePhase> phase_ = NodePhase::kStarting;
  std::atomic<bool> opened_ = false;  // logs and tables may be read
  Time started_;
  mutable std::mutex mutex_;
  std::vector<std::string> listening_;

  // From the lowest up: what stands later uses what stands before.
  LocalBus bus_;
  ActorRuntime runtime_;
  PersonalData personal_;
  PersonalLog log_;
  DerivedStore derived_;
  LiveTables tables_;
  LogRetention retention_;
  std::optional<GrowthHints> growth_;  // the writer's thread's
  std::optional<LogWriter> writer_;
  std::optional<EntityHosts> hosts_;
  std::deque<Deps> deps_;  // of the modules, in their order; they keep their places
  Dispatcher dispatcher_;
  Reactors reactors_;
};

Node::Node(NodeSettings settings, std::vector<Module> modules, NodePorts ports)
    : impl_(std::make_unique<Impl>(std::move(settings), std::move(modules), ports)) {}

Node::~Node() = default;

Result<void> Node::start(const OnFold& progress) { return impl_->start(progress); }
void Node::stop() { impl_->stop(); }
Dispatcher& Node::dispatcher() { return impl_->dispatcher(); }
NodeControl& Node::control() { return *impl_; }
void Node::set_listening(std::vector<std::string> addresses) {
  impl_->set_listening(std::move(addresses));
}

}  // namespace mt
