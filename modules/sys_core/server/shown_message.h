// Stored messages (events, rows) as JSON objects for operators. What the .proto calls secret (a
// password's hash) is never shown, to nobody.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/struct.pb.h>

#include <string>
#include <string_view>

namespace mt::sys_core {

// In the place of a message that cannot be shown: {"unreadable": why}.
google::protobuf::Struct unreadable(const std::string& why);

// The message of `type` that `bytes` are; `what` it is ("payload") when it cannot be read.
google::protobuf::Struct shown_message(const google::protobuf::Descriptor& type,
                                       std::string_view bytes, const std::string& what);

}  // namespace mt::sys_core
