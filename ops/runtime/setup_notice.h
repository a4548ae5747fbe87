// What a node without a superadmin tells whoever started it: a one-time token, and the commands
// that make the first one.
#pragma once

#include <string>

#include "bus/dispatcher.h"
#include "events/base/result.h"

namespace mt {

// Where the reader finds mtctl and the node.
struct SetupPlace {
  std::string mtctl;  // "build/release/bin/mtctl"
  std::string data;   // the data folder
};

// Empty when there is a superadmin, or the node has no accounts.
Result<std::string> setup_notice(Dispatcher& dispatcher, const SetupPlace& place);

}  // namespace mt
