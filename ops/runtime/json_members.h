// The members of one JSON object, values left as text: a set's command is taken apart without
// reading its request, which is parsed once, where its type is known. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace mt {

struct JsonMember {
  std::string_view name;   // escapes are left as they stand
  std::string_view value;  // "text" with its quotes, {…}, [1, 2], 3, true
};

// Views into `object`. INVALID_ARGUMENT saying at which byte it is no JSON object. Values are only
// delimited; what is inside of them is not checked.
Result<std::vector<JsonMember>> json_members(std::string_view object);

}  // namespace mt
