// Target: the node that mtctl speaks to, by the socket in its data folder or by an address.
#pragma once

#include <string>

#include "events/base/result.h"

namespace mt::mtctl {

struct Target {
  std::string data;    // the data folder; empty when there is a server
  std::string server;  // "HOST:PORT"
  bool tls = false;

  bool is_local() const { return server.empty(); }
  std::string socket() const { return data + "/mt.sock"; }
  std::string address() const { return is_local() ? "unix:" + socket() : server; }
};

// UNAVAILABLE saying why nobody answers on the socket and how to start a container;
// PERMISSION_DENIED when the socket is another user's. Servers are tried by the first call.
Result<void> check_reachable(const Target& target);

}  // namespace mt::mtctl
