// Every limit of a gRPC server: nothing of what a client can make grow is unbounded.
#pragma once

#include <grpcpp/server_builder.h>

#include "bus/edges/call_metadata.h"
#include "bus/edges/grpc_edge.h"

namespace mt {

void set_limits(grpc::ServerBuilder& builder, const GrpcSettings& settings, Door door);

}  // namespace mt
