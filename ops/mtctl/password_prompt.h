// Asks for a password.
#pragma once

#include <iosfwd>
#include <string>

#include "events/base/result.h"

namespace mt::mtctl {

// Typed unseen when stdin is a terminal, else the first line of `in`. INVALID_ARGUMENT when there
// is none. `twice`: typed again to be sure.
Result<std::string> ask_password(std::istream& in, std::ostream& notes, bool twice);

}  // namespace mt::mtctl
