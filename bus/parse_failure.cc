#include "bus/validation.h"
#include "bus/wire_walk.h"

namespace mt {

Error explain_parse_failure(const google::protobuf::Descriptor& type, std::string_view bytes) {
  auto fault = find_wire_fault(type, bytes);
  if (!fault) return invalid_argument("the request is not a valid " + type.full_name());
  if (fault->field.empty())
    return invalid_argument("the request is not a " + type.full_name() + ": it " +
                            fault->description);
  return invalid_field(std::move(fault->field), std::move(fault->description));
}

}  // namespace mt
