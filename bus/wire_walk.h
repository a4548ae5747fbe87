// Walks protobuf's wire format beside a descriptor to find where bytes stop being a message of that
// type. Used only after a parse failed, to say why.
#pragma once

#include <google/protobuf/descriptor.h>

#include <optional>
#include <string>
#include <string_view>

namespace mt {

struct WireFault {
  std::string field;        // path of the field, empty: none can be told
  std::string description;  // with the byte's offset where it helps
};

// Empty when the walk finds nothing wrong.
std::optional<WireFault> find_wire_fault(const google::protobuf::Descriptor& type,
                                         std::string_view bytes);

}  // namespace mt
