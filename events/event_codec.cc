#include "events/event_codec.h"

#include <google/protobuf/descriptor.h>

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "events/base/check.h"
#include "events/wire_writer.h"
#include "mt/api/v1/options.pb.h"

namespace mt {
namespace {

namespace pb = google::protobuf;

struct EventCase {
  const pb::FieldDescriptor* field;
  std::uint32_t schema;
};

// The cases of one event oneof, by the short name of their message.
class EventCases {
 public:
  explicit EventCases(const pb::Descriptor& type) : oneof(type.oneof_decl(0)) {
    for (int i = 0; i < oneof->field_count(); ++i) {
      const pb::Descriptor* message = oneof->field(i)->message_type();
      check(message != nullptr, "the cases of an event oneof are messages");
      by_name.emplace(message->name(), EventCase{oneof->field(i), schema_of(*message)});
    }
  }

  const EventCase* find(const std::string& type) const {
    const auto found = by_name.find(type);
    return found == by_name.end() ? nullptr : &found->second;
  }

  const pb::OneofDescriptor* oneof;
  std::unordered_map<std::string, EventCase> by_name;
};

// Compiled once per event type; read by all threads.
const EventCases& compiled_cases_of(const pb::Descriptor& type) {
  static std::shared_mutex mutex;
  static auto& known =
      *new std::unordered_map<const pb::Descriptor*, std::unique_ptr<EventCases>>();
  {
    const std::shared_lock lock(mutex);
    if (const auto found = known.find(&type); found != known.end()) return *found->second;
  }
  check(type.oneof_decl_count() == 1, "an event type is a message with one oneof");
  const std::unique_lock lock(mutex);
  return *known.try_emplace(&type, std::make_unique<EventCases>(type)).first->second;
}

// A fold asks for the same type again and again.
const EventCases& cases_of(const pb::Descriptor& type) {
  thread_local const pb::Descriptor* last = nullptr;
  thread_local const EventCases* cases = nullptr;
  if (last != &type) {
    cases = &compiled_cases_of(type);
    last = &type;
  }
  return *cases;
}

// The event as its own bytes would be, the payload in its case: cheaper than to set the case by
// reflection.
bool parse_case(const pb::FieldDescriptor& field, const std::string& payload, pb::Message& event) {
  thread_local std::string bytes;
  bytes.clear();
  WireWriter(bytes).element(static_cast<std::uint32_t>(field.number()), payload);
  return event.ParseFromString(bytes);
}

}  // namespace

std::uint32_t schema_of(const pb::Descriptor& message) {
  const std::uint32_t declared = message.options().GetExtension(api::v1::schema_version);
  return declared > 0 ? declared : 1;
}

StoredEvent encode_event(const pb::Message& event) {
  const EventCases& cases = cases_of(*event.GetDescriptor());
  const pb::Reflection& reflection = *event.GetReflection();
  const pb::FieldDescriptor* field = reflection.GetOneofFieldDescriptor(event, cases.oneof);
  check(field != nullptr, "an event that was decided has one of its cases set");
  StoredEvent stored;
  stored.type = field->message_type()->name();
  stored.schema = cases.find(stored.type)->schema;
  stored.payload = reflection.GetMessage(event, field).SerializeAsString();
  return stored;
}

bool event_belongs_to(const pb::Descriptor& event, const std::string& type) {
  return cases_of(event).find(type) != nullptr;
}

Result<void> decode_event(const StoredEvent& stored, pb::Message& event) {
  MT_TRY(const bool belongs, decode_if_belongs(stored, event));
  if (belongs) return {};
  return data_loss("this program has no event " + stored.type + " among " +
                   event.GetDescriptor()->full_name());
}

Result<bool> decode_if_belongs(const StoredEvent& stored, pb::Message& event) {
  const EventCase* found = cases_of(*event.GetDescriptor()).find(stored.type);
  if (found == nullptr) {
    event.Clear();
    return false;
  }
  if (stored.schema > found->schema) {
    event.Clear();
    return data_loss("event " + stored.type + " has schema " + std::to_string(stored.schema) +
                     ", this program knows up to " + std::to_string(found->schema) +
                     "; run a newer program");
  }
  if (!parse_case(*found->field, stored.payload, event)) {
    return data_loss("the payload of event " + stored.type + " does not parse");
  }
  return true;
}

}  // namespace mt
