#include "events/upcasters.h"

namespace mt {
namespace {

std::string name_of(const std::string& type, std::uint32_t schema) {
  return type + " of schema " + std::to_string(schema);
}

}  // namespace

Result<void> Upcasters::add(std::string type, std::uint32_t schema, Step step) {
  const std::string name = name_of(type, schema);
  if (!steps_.emplace(std::pair(std::move(type), schema), std::move(step)).second) {
    return already_exists("two upcasters for event " + name);
  }
  return {};
}

Result<StoredEvent> Upcasters::upcast(StoredEvent event) const {
  for (auto step = steps_.find({event.type, event.schema}); step != steps_.end();
       step = steps_.find({event.type, event.schema})) {
    const std::uint32_t before = event.schema;
    const std::string name = name_of(event.type, before);
    Result<StoredEvent> raised = step->second(std::move(event));
    if (!raised) {
      return data_loss("the upcaster for event " + name + " failed: " + raised.error().message);
    }
    if (raised->schema <= before) {
      return data_loss("the upcaster for event " + name + " does not raise the schema");
    }
    event = *std::move(raised);
  }
  return event;
}

}  // namespace mt
