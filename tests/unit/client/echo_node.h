// A gRPC edge with one service, on a free port and on a unix socket: what a client can meet.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bus/dispatcher.h"
#include "bus/edges/grpc_edge.h"
#include "tests/fixture/temp_folder.h"

namespace mt {

class EchoNode {
 public:
  // With its socket in a folder of its own, or at the path that is given.
  explicit EchoNode(std::string socket_path = "");
  ~EchoNode();

  std::string port_target() const { return edge_->listening().at(0); }
  std::string socket_target() const { return "unix:" + socket_path_; }
  const std::string& socket_path() const { return socket_path_; }

  // What the last call of Store was told.
  std::string last_correlation() const;
  // Waits until Hold has been called that many times; its calls are never answered before the end.
  void wait_until_held(std::size_t calls) const;
  // Waits until the handler of Forever has noticed that its caller left.
  void wait_until_left() const;

 private:
  void add(const std::string& method, UnaryHandler unary, StreamHandler stream = nullptr);
  void store(const std::shared_ptr<const CallContext>& call,
             const std::shared_ptr<const Message>& request, const Respond& respond);
  void stream_for_ever(ReplyStream& stream);
  void hold(Respond respond);

  test::TempFolder folder_;
  const std::string socket_path_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::string correlation_;
  std::vector<Respond> held_;
  bool left_ = false;
  Dispatcher dispatcher_{DispatcherLimits{}};
  std::unique_ptr<GrpcEdge> edge_;
};

}  // namespace mt
