// base64url without padding (RFC 4648, section 5).
#pragma once

#include <string>
#include <string_view>

#include "events/base/result.h"

namespace mt {

std::string base64url_encode(std::string_view bytes);

// INVALID_ARGUMENT when the text holds another character, padding, or a length that cannot be.
Result<std::string> base64url_decode(std::string_view text);

}  // namespace mt
