// What a state's message looks like, as a text that changes when its bytes may mean something else.
// Pure.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>

namespace mt {

// Fingerprint of the message and of all messages and enums that it is made of: their fields' names,
// numbers and types.
std::string state_schema(const google::protobuf::Descriptor& state);

}  // namespace mt
