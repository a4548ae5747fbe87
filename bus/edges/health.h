// grpc.health.v1: whether the server, or one of its services, takes calls. All serve from the start
// to the stop. Any thread.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "bus/call.h"
#include "grpc/health/v1/health.pb.h"

namespace mt {

class Health {
 public:
  static constexpr std::string_view kCheck = "grpc.health.v1.Health/Check";
  static constexpr std::string_view kWatch = "grpc.health.v1.Health/Watch";

  // `services` by full name; the empty name, the whole server, is always known.
  explicit Health(std::set<std::string> services);

  Result<Reply> check(std::string_view request) const;
  // Writes the state now; keeps the stream to write a change.
  void watch(std::string_view request, std::shared_ptr<ReplyStream> stream);
  // NOT_SERVING from now on. Tells those who watch and ends their streams.
  void stop_serving();

 private:
  using Response = grpc::health::v1::HealthCheckResponse;
  Response response_for(const std::string& service) const;
  bool knows(const std::string& service) const;

  const std::set<std::string> services_;
  mutable std::mutex mutex_;
  bool serving_ = true;
  struct Watcher {
    std::string service;
    std::shared_ptr<ReplyStream> stream;
  };
  std::vector<Watcher> watchers_;
};

}  // namespace mt
