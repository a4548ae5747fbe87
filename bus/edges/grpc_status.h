// An Error as gRPC says it: code, message, and the broken fields as google.rpc.BadRequest in
// "grpc-status-details-bin".
#pragma once

#include <grpcpp/support/status.h>

#include "events/base/result.h"

namespace mt {

// Long texts and long lists are cut, for all of it travels in trailers of at most 8 KiB.
grpc::Status to_status(const Error& error);

}  // namespace mt
