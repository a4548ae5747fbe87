// LMDB's return codes as Errors. A code never leaves this folder.
#pragma once

#include <string>

#include "events/base/result.h"

namespace mt {

// What LMDB says, what it was doing ("append to the log"), and what to do about it.
// A full disk or map is RESOURCE_EXHAUSTED, damage DATA_LOSS, all else UNAVAILABLE.
Error from_lmdb(int code, const std::string& doing);

}  // namespace mt
