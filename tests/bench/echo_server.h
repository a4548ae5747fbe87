// The measure of an edge: a gRPC server that sends each request back and does nothing else. One
// generic callback service, as ours, with gRPC's own defaults.
#pragma once

#include <memory>
#include <string>

namespace mt::bench {

class EchoServer {
 public:
  // On a free port of this machine. Ends the process when there is none.
  EchoServer();
  ~EchoServer();

  const std::string& address() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mt::bench
