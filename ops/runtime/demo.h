// Applies the demo sets, in the order of their needs, by the same method that anyone would call.
#pragma once

#include <cstdint>

#include "actors/node.h"
#include "events/base/result.h"
#include "ops/runtime/signals.h"

namespace mt {

struct DemoReport {
  std::uint64_t events = 0;  // that came into the logs; 0 when all was in already
  double seconds = 0;
};

// Shows a progress bar on a terminal. CANCELLED when a stop was asked for; what was sent stands.
Result<DemoReport> apply_demo_sets(Node& node, const StopSignals& signals);

}  // namespace mt
