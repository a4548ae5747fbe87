// An id for the log lines of one query: 15 lower-case hex digits, which a string holds without
// memory of its own. Costs no system call, unlike random_uuid(); is not secret, and the same one
// comes up again about once in a thousand million. Any thread.
#pragma once

#include <string>

namespace mt {

std::string trace_id();

}  // namespace mt
