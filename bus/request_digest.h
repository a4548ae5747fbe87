// The digest of a request: two requests with one command id are the same only when their digests
// are.
#pragma once

#include <string_view>

#include "bus/validation.h"
#include "events/base/ids.h"

namespace mt {

// BLAKE2b-128 of the method's name, the actor, and the request's deterministic serialization
// without its secrets. The actor is part of it, so that nobody is answered with the stored reply of
// another.
Digest request_digest(std::string_view method, std::string_view actor, const Validator& validator,
                      const google::protobuf::Message& request);

}  // namespace mt
