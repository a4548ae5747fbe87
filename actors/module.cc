#include "actors/module.h"

#include "mt/api/v1/commands.pb.h"

namespace mt {

std::chrono::nanoseconds Module::remembered() const {
  const auto* field = config_->GetDescriptor()->FindFieldByName("commands");
  if (field == nullptr || field->message_type() != api::v1::Commands::descriptor()) {
    return kRemembered;
  }
  const auto& commands =
      static_cast<const api::v1::Commands&>(config_->GetReflection()->GetMessage(*config_, field));
  return std::chrono::hours(commands.remember_hours());
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
