#include "modules/sys_core/server/event_printer.h"

#include <google/protobuf/util/json_util.h>

#include <string>

#include "modules/sys_core/messages/times.h"
#include "modules/sys_core/server/shown_message.h"

namespace mt::sys_core {
namespace {

namespace pb = google::protobuf;

}  // namespace

EventPrinter::EventPrinter(const ModuleInfo& module, const Upcasters* upcasters)
    : module_(module.name), upcasters_(upcasters) {
  for (const pb::Descriptor* oneof : module.events) {
    for (int i = 0; i < oneof->field_count(); ++i) {
      const pb::Descriptor* type = oneof->field(i)->message_type();
      if (type != nullptr) types_[std::string(type->name())] = type;
    }
  }
}

pb::Struct EventPrinter::payload_of(const StoredEvent& event) const {
  const auto type = types_.find(event.type);
  if (type == types_.end()) return unreadable("this binary has no event " + event.type);
  return shown_message(*type->second, event.payload, "payload");
}

v1::EventRecord EventPrinter::print(const CommitRecord& record, std::size_t index) const {
  const Commit& commit = record.commit;
  v1::EventRecord shown;
  shown.set_module(module_.value);
  shown.set_position((record.first + index).value);
  shown.set_stream(to_string(commit.stream));
  shown.set_version((commit.expected + index + 1).value);
  *shown.mutable_time() = timestamp_of(record.time);
  shown.set_actor(commit.origin.actor);
  shown.set_command_id(commit.command.id.value);
  shown.set_correlation(commit.origin.correlation);
  shown.set_causation(commit.origin.causation);
  for (const std::string& tag : commit.events[index].tags) shown.add_tags(tag);

  Result<StoredEvent> event = commit.events[index];
  if (upcasters_ != nullptr) event = upcasters_->upcast(*std::move(event));
  if (!event) {
    shown.set_type(commit.events[index].type);
    shown.set_schema(commit.events[index].schema);
    *shown.mutable_payload() = unreadable(event.error().message);
    return shown;
  }
  shown.set_type(event->type);
  shown.set_schema(event->schema);
  shown.set_erased(event->erased);
  *shown.mutable_payload() = payload_of(*event);
  return shown;
}

bool mentions(const v1::EventRecord& event, const std::string& text) {
  if (event.type().find(text) != std::string::npos) return true;
  if (event.stream().find(text) != std::string::npos) return true;
  for (const std::string& tag : event.tags()) {
    if (tag.find(text) != std::string::npos) return true;
  }
  std::string json;
  return pb::util::MessageToJsonString(event.payload(), &json).ok() &&
         json.find(text) != std::string::npos;
}

}  // namespace mt::sys_core
