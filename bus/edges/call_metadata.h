// What travels beside the messages of a call: token, ids and deadline in, the command's outcome
// out.
#pragma once

#include <grpc/support/time.h>
#include <grpcpp/generic/async_generic_service.h>

#include <chrono>
#include <optional>

#include "bus/call.h"
#include "events/base/result.h"

namespace mt {

// Where a call came in.
enum class Door {
  kNetwork,
  kLocalSocket,  // the unix socket in the data folder: whoever opens it is the local operator
};

// The name as the dispatcher knows it, "package.Service/Method".
std::string_view method_name(const grpc::GenericCallbackServerContext& context);

// When a call of which that much is left, a time span, is late; at most a hundred years ahead.
// None: never.
std::optional<std::chrono::steady_clock::time_point> deadline_in(
    gpr_timespec left, std::chrono::steady_clock::time_point now);

// UNAUTHENTICATED when `authorization` is there, but is no bearer token.
Result<CallInput> read_metadata(const grpc::GenericCallbackServerContext& context, Door door);

// mt-position "module=position", mt-command-id, mt-repeated, as trailing metadata.
void add_metadata(grpc::GenericCallbackServerContext& context, const Reply& reply);

}  // namespace mt
