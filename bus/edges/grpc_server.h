// One gRPC server behind one door: the network's addresses, or the local socket. They are apart so
// that who comes in by the socket is known by the door, not by what a peer says of itself.
#pragma once

#include <grpcpp/server.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "bus/edges/edge_service.h"
#include "bus/edges/grpc_edge.h"

namespace mt {

class GrpcServer {
 public:
  GrpcServer(EdgeShared& shared, Door door, const GrpcSettings& settings)
      : service_(shared, door, settings), door_(door) {}

  // The addresses of the door. INVALID_ARGUMENT or UNAVAILABLE naming the one that cannot be had.
  Result<void> start(const GrpcSettings& settings, const grpc::ResourceQuota& quota);
  const std::vector<std::string>& listening() const { return listening_; }
  // Accepts nothing new, waits for calls until then, cancels the rest. Once no call is open, it
  // waits for nobody.
  void shut_down(std::chrono::system_clock::time_point until);

 private:
  EdgeService service_;
  const Door door_;
  std::vector<std::string> listening_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace mt
