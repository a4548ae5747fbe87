// What gRPC would print on stderr goes to our log, as detail: much of it is what a client did
// wrong, and must not fill the operator's screen.
#pragma once

namespace mt {

// Installs it once for the process; further calls change nothing.
void route_grpc_log();

}  // namespace mt
