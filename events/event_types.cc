#include "events/event_types.h"

#include <algorithm>
#include <optional>

#include "events/event_codec.h"

namespace mt {
namespace {

std::string number(std::uint32_t schema) { return std::to_string(schema); }

// The lowest schema that events of the type can have: those that got their name from a step begin
// where it leads to.
std::uint32_t first_schema(const std::string& type, const std::map<EventKind, EventKind>& steps) {
  std::optional<std::uint32_t> first;
  for (const auto& [from, to] : steps) {
    if (from.type != type && to.type == type)
      first = std::min(first.value_or(to.schema), to.schema);
  }
  return first.value_or(1);
}

// Each schema below the current one must have its step, but for those that a step skips.
Result<void> check_older(const std::string& type, std::uint32_t current, const EventTypes& types,
                         const Upcasters& upcasters) {
  const auto steps = upcasters.steps();
  for (std::uint32_t schema = first_schema(type, steps); schema < current;) {
    const auto step = steps.find({type, schema});
    if (step == steps.end()) {
      return failed_precondition("no upcaster leads from event " + to_string({type, schema}) +
                                 " to schema " + number(schema + 1) +
                                 "; the current one is schema " + number(current) +
                                 "; add the missing step");
    }
    MT_CHECK_OK(types.can_read(step->first, upcasters));
    schema = step->second.type == type ? step->second.schema : schema + 1;
  }
  return {};
}

}  // namespace

EventTypes::EventTypes(const std::vector<const google::protobuf::Descriptor*>& oneofs) {
  for (const auto* oneof : oneofs) {
    for (int i = 0; i < oneof->field_count(); ++i) {
      const google::protobuf::Descriptor* message = oneof->field(i)->message_type();
      if (message != nullptr)
        types_.try_emplace(message->name(), Type{message, schema_of(*message)});
    }
  }
}

const EventTypes::Type* EventTypes::find(const std::string& type) const {
  const auto found = types_.find(type);
  return found == types_.end() ? nullptr : &found->second;
}

Result<void> EventTypes::can_read(const EventKind& kind, const Upcasters& upcasters) const {
  const EventKind end = upcasters.leads_to(kind);
  const Type* known = find(end.type);
  const std::string what =
      "event " + to_string(kind) + (end == kind ? "" : ", which is read as " + to_string(end));
  if (known == nullptr) return failed_precondition(what + ": this program has no such event");
  if (end.schema > known->schema) {
    return failed_precondition(what + ": this program knows up to schema " + number(known->schema));
  }
  if (end.schema < known->schema) {
    return failed_precondition(what + ": no upcaster leads on to schema " + number(known->schema) +
                               ", the current one");
  }
  return {};
}

Result<void> check_chains(const Upcasters& upcasters, const EventTypes& types) {
  MT_CHECK_OK(upcasters.status());
  for (const auto& [from, to] : upcasters.steps()) {
    if (auto readable = types.can_read(from, upcasters); !readable) {
      return failed_precondition("the upcaster of " + readable.error().message);
    }
  }
  for (const auto& [name, type] : types.all()) {
    MT_CHECK_OK(check_older(name, type.schema, types, upcasters));
  }
  return {};
}

}  // namespace mt
