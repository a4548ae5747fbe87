// Events between the module's protobuf oneof and the log: the inner message is stored under its
// short name with the schema version of its descriptor. Pure.
#pragma once

#include <google/protobuf/message.h>

#include "events/base/result.h"
#include "events/record.h"
#include "events/upcasters.h"

namespace mt {

// `event` is a message with one oneof, exactly one of whose cases is set.
StoredEvent encode_event(const google::protobuf::Message& event);

// The schema that the message's .proto declares; 1 when it declares none.
std::uint32_t schema_of(const google::protobuf::Descriptor& message);

// True when the oneof of `event`'s type has a case whose message is called `type`.
bool event_belongs_to(const google::protobuf::Descriptor& event, const std::string& type);

// Fills `event` (cleared before). DATA_LOSS naming the type when the payload does not parse, its
// schema is newer than the code's, or the oneof has no such case.
Result<void> decode_event(const StoredEvent& stored, google::protobuf::Message& event);
// The same, but false when the oneof has no such case.
Result<bool> decode_if_belongs(const StoredEvent& stored, google::protobuf::Message& event);

}  // namespace mt
