// Subjects of the bus as NATS has them: tokens joined by dots; in patterns "*" stands for one token
// and a last ">" for one or more. Pure.
#pragma once

#include <string_view>

#include "events/base/result.h"

namespace mt {

// INVALID_ARGUMENT naming the subject: empty, an empty token, a wildcard, spaces or control
// characters, more than 255 bytes.
Result<void> check_subject(std::string_view subject);
// The same for a pattern: a wildcard must be a whole token, and ">" the last.
Result<void> check_pattern(std::string_view pattern);

// Of a good pattern and a good subject.
bool matches(std::string_view pattern, std::string_view subject);

}  // namespace mt
