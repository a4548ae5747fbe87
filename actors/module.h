// Module: a value that holds all that a module is; the container's main lists them. Where it runs,
// and with which neighbours, is configuration and none of its business.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "actors/api.h"
#include "actors/deps.h"
#include "actors/entity.h"
#include "actors/reactor.h"
#include "actors/reactor_entity.h"
#include "bus/caller.h"
#include "events/derived.h"
#include "events/event_types.h"
#include "events/upcasters.h"
#include "projections/projection.h"

namespace mt {

class Module {
 public:
  using Bind = std::function<Result<void>(Api&, const Deps&)>;
  using MakeAuthenticator = std::function<std::shared_ptr<const Authenticator>(const Deps&)>;
  // Runs once all modules serve, at each start; may send commands.
  using Started = std::function<Result<void>(const Deps&)>;
  // Says what is wrong with the configuration, beyond its field rules.
  using CheckConfig = std::function<Result<void>(const Message&)>;

  // `name` is the prefix of all that the module keeps; `defaults` its configuration as it stands in
  // modules/<name>/config.yaml.
  template <typename Config>
  Module(std::string name, std::string version, Config defaults)
      : name_{std::move(name)},
        version_(std::move(version)),
        config_(std::make_shared<Config>(std::move(defaults))) {}

  template <Entity E>
  void entity() {
    entities_.push_back(&entity_type<E>());
  }

  // Makes the projection and keeps it; the returned one is for the module's queries.
  template <typename P, typename... Args>
  std::shared_ptr<P> projection(Args&&... args) {
    auto made = std::make_shared<P>(std::forward<Args>(args)...);
    projections_.push_back(made);
    return made;
  }

  // An older version of one of these tables. Where it serves it goes on to, with its own code,
  // until an operator upgrades the table; queries are made for the newer one. The rows are messages
  // of the same type.
  template <typename P, typename... Args>
  void earlier(Args&&... args) {
    earlier_.push_back(std::make_shared<P>(std::forward<Args>(args)...));
  }

  // Answers events with commands:
  //   module.reactor("remove_orphans").reads("sys_accounts").on<OrgDeleted>(withdraw_notices);
  // The name, once it has run, stands for what it has done: another name begins anew.
  Reactor& reactor(std::string name) {
    if (reactors_.empty()) entity<ReactorEntity>();
    return *reactors_.emplace_back(std::make_shared<Reactor>(name_, std::move(name)));
  }

  // Every method of `service` (full name) must be bound by `bind`.
  void serve(std::string service, Bind bind) {
    services_.push_back({std::move(service), std::move(bind)});
  }

  // A step from `schema` of the event to the next one. A chain that is broken, as by a second step
  // for one schema, is told at the start of the node.
  void upcasts(std::string type, std::uint32_t schema, Upcasters::Step step) {
    (void)upcasters_.add(std::move(type), schema, std::move(step));
  }
  // The same from message to message: `change` makes a New, the current event or a later step's
  // Old, of an Old. The type is the event's name.
  template <typename Old, typename New, typename Change>
  void upcasts(std::string type, std::uint32_t schema, Change change) {
    upcasts(std::move(type), schema, payload_step<Old, New>(std::move(change)));
  }
  Upcasters& upcasters() { return upcasters_; }
  // The values of its claims of this scope are personal (an e-mail): the log and the tables hold
  // keyed hashes of them, and an erased entity holds none any more. A value is unique as before.
  void personal_claims(std::string scope) { personal_claims_.insert(std::move(scope)); }
  void authenticates(MakeAuthenticator make) { authenticator_ = std::move(make); }
  void on_started(Started started) { started_ = std::move(started); }
  void checks_config(CheckConfig check) { check_config_ = std::move(check); }

  struct Service {
    std::string name;
    Bind bind;
  };

  const ModuleName& name() const { return name_; }
  const std::string& version() const { return version_; }
  const std::shared_ptr<Message>& config() const { return config_; }
  // How long its keyed commands are remembered: what the field `commands` of its configuration
  // says, an mt.api.v1.Commands, or kRemembered when it has none.
  std::chrono::nanoseconds remembered() const;
  // After how long its events leave the log's environment for sealed files: what the field `events`
  // of its configuration says, an mt.api.v1.Events; none: they stay.
  std::optional<std::chrono::days> archived_after() const;
  const std::vector<const EntityType*>& entities() const { return entities_; }
  const std::vector<std::shared_ptr<Projection>>& projections() const { return projections_; }
  const std::vector<std::shared_ptr<Projection>>& earlier() const { return earlier_; }
  const std::vector<Service>& services() const { return services_; }
  const std::vector<std::shared_ptr<Reactor>>& reactors() const { return reactors_; }
  const Upcasters& upcasters() const { return upcasters_; }
  // Those of its entities and projections.
  EventTypes event_types() const;
  const std::set<std::string>& personal_claims() const { return personal_claims_; }
  const MakeAuthenticator& authenticator() const { return authenticator_; }
  const Started& started() const { return started_; }
  const CheckConfig& check_config() const { return check_config_; }

 private:
  ModuleName name_;
  std::string version_;
  std::shared_ptr<Message> config_;
  std::vector<const EntityType*> entities_;
  std::vector<std::shared_ptr<Projection>> projections_;
  std::vector<std::shared_ptr<Projection>> earlier_;
  std::vector<Service> services_;
  std::vector<std::shared_ptr<Reactor>> reactors_;
  Upcasters upcasters_;
  std::set<std::string> personal_claims_;
  MakeAuthenticator authenticator_;
  Started started_;
  CheckConfig check_config_;
};

}  // namespace mt
