// Messages as JSON for people and their tools: fields by their names in the .proto, numbers of 64
// bits as numbers, keys of maps in order, and fields without a value shown, so that a reader finds
// every key. Else it is protobuf's own JSON. Pure.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace mt::mtctl {

// On one line, without spaces.
std::string to_json(const google::protobuf::Message& message);

// A JSON text on one line, laid out on many; two spaces a level. `depth`: of what it stands in.
std::string indented(std::string_view json, std::size_t depth = 0);

// As a JSON string, quotes included. Control characters are escaped.
std::string quoted(std::string_view text);

}  // namespace mt::mtctl
