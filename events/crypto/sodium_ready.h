// libsodium wants to be started once: it then chooses the fastest code that the processor runs.
// Every function of this folder that calls it asks for that first.
#pragma once

namespace mt {

// From any thread, as often as wanted.
void sodium_ready();

}  // namespace mt
