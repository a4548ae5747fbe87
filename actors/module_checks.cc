#include "actors/module_checks.h"

#include <algorithm>
#include <map>
#include <string>

#include "actors/reactor_effects.h"
#include "bus/validation.h"
#include "events/personal_fields.h"
#include "mt/api/v1/options.pb.h"
#include "projections/checkpoints.h"

namespace mt {
namespace {

using google::protobuf::Descriptor;

// Names are parts of the names of stores and of the bus's subjects.
bool is_name(std::string_view text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && text.size() <= 64 && text.front() >= 'a' && text.front() <= 'z' &&
         text.back() != '_' && std::ranges::all_of(text, fits);
}

Error wrong(const Module& module, const std::string& why) {
  return failed_precondition("module " + module.name().value + ": " + why);
}

// What modules of one node must not share, and whose it is.
class Names {
 public:
  explicit Names(std::string kind) : kind_(std::move(kind)) {}

  Result<void> take(const Module& module, const std::string& name) {
    const auto [at, is_new] = owners_.try_emplace(name, module.name().value);
    if (is_new) return {};
    const std::string& other = at->second;
    return already_exists(
        "module " + module.name().value + ": " + kind_ + " '" + name +
        (other == module.name().value ? "' is listed twice" : "' is also that of module " + other) +
        "; rename one, or leave one out");
  }

 private:
  std::string kind_;
  std::map<std::string, std::string> owners_;
};

Result<void> check_name(const Module& module) {
  if (is_name(module.name().value)) return {};
  return wrong(module,
               "its name must be 1 to 64 of [a-z0-9_], begin with a letter and not end with _");
}

Result<void> check_table(const Module& module, const std::string& table) {
  const std::string prefix = module.name().value + "_";
  if (table.starts_with(prefix) && is_name(table) && table.size() > prefix.size()) return {};
  return wrong(module, "table '" + table + "' must be named " + prefix +
                           "<table>, of [a-z0-9_], so that it is plain whose it is");
}

// It must be an older one of a table that the module has, with the same rows.
Result<void> check_earlier(const Module& module, Projection& earlier) {
  const std::string& name = earlier.table().name();
  const std::string what =
      "earlier version " + std::to_string(earlier.version()) + " of table '" + name + "'";
  for (const auto& projection : module.projections()) {
    if (projection->table().name() != name) continue;
    if (projection->version() <= earlier.version()) {
      return wrong(module, what + " must be below version " +
                               std::to_string(projection->version()) + ", the newest");
    }
    if (&projection->table().row_type() == &earlier.table().row_type()) return {};
    return wrong(module, what + " has other rows than the newest: " +
                             earlier.table().row_type().full_name());
  }
  return wrong(module, what + ": the module has no such table");
}

// One oneof, and nothing but messages in it.
bool is_oneof_of_messages(const Descriptor& type) {
  if (type.real_oneof_decl_count() != 1 || type.field_count() == 0) return false;
  for (int i = 0; i < type.field_count(); ++i) {
    if (type.field(i)->real_containing_oneof() == nullptr) return false;
    if (type.field(i)->message_type() == nullptr) return false;
  }
  return true;
}

Result<void> check_oneof(const Module& module, const EntityType& entity, const Descriptor& type) {
  if (is_oneof_of_messages(type)) return {};
  return wrong(module, "entity '" + entity.category + "': " + type.full_name() +
                           " must be one oneof of messages");
}

// What the module's events are folded by: entities, which were checked, and projections.
Result<std::vector<const Descriptor*>> event_oneofs(const Module& module) {
  std::vector<const Descriptor*> oneofs;
  for (const EntityType* entity : module.entities()) oneofs.push_back(entity->event);
  for (const auto& projection : module.projections()) {
    for (const Descriptor* oneof : projection->events()) {
      if (!is_oneof_of_messages(*oneof)) {
        return wrong(module, "table '" + projection->table().name() + "': " + oneof->full_name() +
                                 " must be one oneof of messages");
      }
      oneofs.push_back(oneof);
    }
  }
  return oneofs;
}

// A stored event is known by its short name: two of one module must not share it.
Result<void> check_event_names(const Module& module) {
  MT_TRY(const auto oneofs, event_oneofs(module));
  std::map<std::string, const Descriptor*> types;
  for (const Descriptor* oneof : oneofs) {
    for (int i = 0; i < oneof->field_count(); ++i) {
      const Descriptor* type = oneof->field(i)->message_type();
      const auto [at, is_new] = types.try_emplace(type->name(), type);
      if (is_new || at->second == type) continue;
      return wrong(module, "events " + at->second->full_name() + " and " + type->full_name() +
                               " would be stored under one name; rename one");
    }
  }
  return {};
}

Result<void> check_upcasters(const Module& module) {
  const auto whole = check_chains(module.upcasters(), module.event_types());
  return whole ? whole : wrong(module, whole.error().message);
}

// The personal fields of an event, and of a command's reply, must be such that can be sealed.
Result<void> check_personal(const Module& module) {
  const EventTypes types = module.event_types();
  for (const auto& [name, type] : types.all()) {
    if (auto fields = PersonalFields::of(*type.message); !fields) {
      return wrong(module, fields.error().message);
    }
  }
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const auto& service : module.services()) {
    const auto& methods = *pool->FindServiceByName(service.name);
    for (int i = 0; i < methods.method_count(); ++i) {
      const auto& method = *methods.method(i);
      const auto kind = method.options().GetExtension(api::v1::method).kind();
      if (kind != api::v1::KIND_COMMAND) continue;
      if (auto fields = PersonalFields::of(*method.output_type()); !fields) {
        return wrong(module, method.full_name() + ": " + fields.error().message);
      }
    }
  }
  return {};
}

// A command that has two cases would go to the first alone.
Result<void> check_command_cases(const Module& module, const EntityType& entity) {
  std::map<const Descriptor*, std::string> cases;
  for (int i = 0; i < entity.command->field_count(); ++i) {
    const auto& field = *entity.command->field(i);
    const auto [at, is_new] = cases.try_emplace(field.message_type(), field.name());
    if (is_new) continue;
    return wrong(module, "entity '" + entity.category + "': commands '" + at->second + "' and '" +
                             field.name() + "' of " + entity.command->full_name() +
                             " hold the same message");
  }
  return {};
}

Result<void> check_entity(const Module& module, const EntityType& entity) {
  if (!is_name(entity.category)) {
    return wrong(module, "entity category '" + entity.category +
                             "' must be 1 to 64 of [a-z0-9_] and begin with a letter");
  }
  MT_CHECK_OK(check_oneof(module, entity, *entity.command));
  MT_CHECK_OK(check_oneof(module, entity, *entity.event));
  return check_command_cases(module, entity);
}

// The category of reactors is every module's, since each keeps those of its own in its log.
bool is_reactors(const EntityType& entity) { return &entity == &entity_type<ReactorEntity>(); }

Result<void> check_reactor(const Module& module, const Reactor& reactor,
                           const std::vector<Module>& modules) {
  const std::string which = "reactor '" + reactor.name() + "'";
  if (!is_name(reactor.name())) {
    return wrong(module, which + " must be named by 1 to 64 of [a-z0-9_], begin with a letter");
  }
  if (module.name().value.size() + reactor.name().size() > kLongestReactorName) {
    return wrong(module, which + ": its name and the module's are longer than " +
                             std::to_string(kLongestReactorName) + " together");
  }
  const auto source = std::ranges::find(modules, reactor.source(), &Module::name);
  if (source == modules.end()) {
    return wrong(module, which + " reads the log of module " + reactor.source().value +
                             ", which this node does not run");
  }
  if (reactor.events().empty()) return wrong(module, which + " is given no event to answer");
  const EventTypes types = source->event_types();
  for (const Descriptor* event : reactor.events()) {
    const EventTypes::Type* known = types.find(event->name());
    if (known != nullptr && known->message == event) continue;
    return wrong(module, which + ": " + event->full_name() + " is no event of module " +
                             reactor.source().value);
  }
  return {};
}

Result<void> check_reactors(const Module& module, const std::vector<Module>& modules) {
  std::map<std::string, int> names;
  for (const auto& reactor : module.reactors()) {
    MT_CHECK_OK(check_reactor(module, *reactor, modules));
    if (names[reactor->name()]++ > 0) {
      return wrong(module, "reactor '" + reactor->name() + "' is listed twice; rename one");
    }
  }
  return {};
}

Result<void> check_service(const Module& module, const std::string& service) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  if (pool->FindServiceByName(service) != nullptr) return {};
  return wrong(module, "service '" + service +
                           "' is in no .proto of this program; write it as package.Service, and "
                           "link the library of its .proto");
}

}  // namespace

Result<void> check_modules(const std::vector<Module>& modules) {
  if (modules.empty())
    return failed_precondition("this node runs no module; list some in its main");
  Names names("name");
  Names services("service");
  Names tables("table");
  Names categories("entity category");
  const Module* authenticates = nullptr;
  for (const Module& module : modules) {
    MT_CHECK_OK(check_name(module));
    MT_CHECK_OK(names.take(module, module.name().value));
    for (const auto& service : module.services()) {
      MT_CHECK_OK(check_service(module, service.name));
      MT_CHECK_OK(services.take(module, service.name));
    }
    for (const auto& projection : module.projections()) {
      const std::string& table = projection->table().name();
      MT_CHECK_OK(check_table(module, table));
      MT_CHECK_OK(tables.take(module, table));
    }
    Names earlier("earlier version of a table");
    for (const auto& projection : module.earlier()) {
      MT_CHECK_OK(check_earlier(module, *projection));
      MT_CHECK_OK(earlier.take(
          module, Checkpoints::key_of(projection->table().name(), projection->version())));
    }
    for (const EntityType* entity : module.entities()) {
      MT_CHECK_OK(check_entity(module, *entity));
      if (is_reactors(*entity)) continue;
      if (entity->category == ReactorEntity::kCategory) {
        return wrong(module, "entity category 'reactor' is the platform's; rename it");
      }
      MT_CHECK_OK(categories.take(module, entity->category));
    }
    MT_CHECK_OK(check_event_names(module));
    MT_CHECK_OK(check_upcasters(module));
    MT_CHECK_OK(check_reactors(module, modules));
    MT_CHECK_OK(check_personal(module));
    if (!module.authenticator()) continue;
    if (authenticates != nullptr) {
      return wrong(module, "authenticates callers, and so does module " +
                               authenticates->name().value + "; leave one out");
    }
    authenticates = &module;
  }
  return {};
}

Result<void> check_config(const Module& module) {
  const auto about = [&](Error error) {
    error.message = "module " + module.name().value + ": its configuration: " + error.message;
    return error;
  };
  auto rules = Validator::compile(*module.config()->GetDescriptor());
  if (!rules) return about(std::move(rules).error());
  if (auto valid = rules->validate(*module.config()); !valid)
    return about(std::move(valid).error());
  if (!module.check_config()) return {};
  if (auto held = module.check_config()(*module.config()); !held) {
    return about(std::move(held).error());
  }
  return {};
}

}  // namespace mt
