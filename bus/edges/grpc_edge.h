// The gRPC edge: one generic callback service carries the unary and server-streaming methods of all
// modules; health and reflection are answered here too. grpcpp stays in this folder.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bus/dispatcher.h"
#include "events/base/result.h"

namespace mt {

struct GrpcTls {
  std::string certificate;  // PEM
  std::string key;          // PEM
  std::string client_ca;    // PEM; not empty: clients must show a certificate
};

struct GrpcSettings {
  std::vector<std::string> listen;  // "127.0.0.1:7440"; port 0 takes a free one
  std::string unix_socket;       // path; empty: none. Its callers are the local operator; mode 0600
  std::unique_ptr<GrpcTls> tls;  // null: plain text
  std::uint32_t max_message_bytes = 1 << 20;
  std::uint32_t max_metadata_bytes = 8 << 10;
  std::uint32_t max_streams = 256;  // calls at once on one connection
  // On all connections together; network and socket count apart. Beyond: RESOURCE_EXHAUSTED.
  std::uint32_t max_open_calls = 4096;  // also those whose request has not come yet
  std::uint32_t max_side_streams = 64;  // health watches; and as many reflections
  std::uint64_t memory_bytes = 256ull << 20;
  bool reflection = true;
};

class GrpcEdge {
 public:
  // The dispatcher outlives the edge.
  GrpcEdge(Dispatcher& dispatcher, GrpcSettings settings);
  ~GrpcEdge();  // stop()

  // INVALID_ARGUMENT or UNAVAILABLE naming the address that cannot be listened on, and why.
  Result<void> start();
  // Where it listens, ports resolved; the unix socket as "unix:<path>".
  std::vector<std::string> listening() const;
  // Answers NOT_SERVING, accepts nothing new, ends streams with UNAVAILABLE, lets other calls end
  // up to `patience`, cancels the rest.
  void stop(std::chrono::milliseconds patience = std::chrono::seconds(20));

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mt
