#include "actors/module.h"

#include "mt/api/v1/commands.pb.h"
#include "mt/api/v1/events.pb.h"

namespace mt {
namespace {

// The field of that name, if it is of that type.
template <typename Part>
const Part* part_of(const google::protobuf::Message& config, const char* name) {
  const auto* field = config.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->message_type() != Part::descriptor()) return nullptr;
  return &static_cast<const Part&>(config.GetReflection()->GetMessage(config, field));
}

}  // namespace

std::chrono::nanoseconds Module::remembered() const {
  const auto* commands = part_of<api::v1::Commands>(*config_, "commands");
  return commands == nullptr ? kRemembered : std::chrono::hours(commands->remember_hours());
}

std::optional<std::chrono::days> Module::archived_after() const {
  const auto* events = part_of<api::v1::Events>(*config_, "events");
  if (events == nullptr || events->archive_after_days() == 0) return std::nullopt;
  return std::chrono::days(events->archive_after_days());
}

EventTypes Module::event_types() const {
  std::vector<const google::protobuf::Descriptor*> oneofs;
  for (const EntityType* entity : entities_) oneofs.push_back(entity->event);
  for (const auto& projection : projections_) {
    for (const auto* oneof : projection->events()) oneofs.push_back(oneof);
  }
  return EventTypes(oneofs);
}

}  // namespace mt
