// Addresses to listen on, "HOST:PORT": their form, and why one cannot be had.
#pragma once

#include <string>

#include "events/base/result.h"

namespace mt {

// INVALID_ARGUMENT naming the address: no port, not a number, above 65535.
Result<void> check_listen_address(const std::string& address);

// The address with the port that was taken for port 0.
std::string with_port(const std::string& address, int port);

// gRPC says only that it failed; this tries the address and says why: in use, not of this machine,
// not allowed, unknown host. Null when it can be had.
std::string why_not_listening(const std::string& address);

}  // namespace mt
