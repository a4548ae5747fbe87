#include "bus/edges/grpc_edge.h"

#include <grpcpp/resource_quota.h>

#include <mutex>
#include <set>
#include <thread>

#include "bus/edges/grpc_log.h"
#include "bus/edges/grpc_server.h"
#include "events/base/thread_name.h"

namespace mt {
namespace {

std::set<std::string> services_of(const Dispatcher& dispatcher) {
  std::set<std::string> names;
  for (const Method* method : dispatcher.methods())
    names.insert(method->descriptor->service()->full_name());
  return names;
}

std::unique_ptr<const Reflection> reflection_of(const Dispatcher& dispatcher, bool wanted) {
  if (!wanted) return nullptr;
  std::set<std::string> names = services_of(dispatcher);
  names.insert({"grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection"});
  return std::make_unique<const Reflection>(std::move(names));
}

}  // namespace

class GrpcEdge::Impl {
 public:
  Impl(Dispatcher& dispatcher, GrpcSettings settings)
      : settings_(std::move(settings)), dispatcher_(dispatcher), quota_("mt.grpc") {
    route_grpc_log();
    quota_.Resize(settings_.memory_bytes);
  }

  Result<void> start() {
    shared_.emplace(dispatcher_, services_of(dispatcher_),
                    reflection_of(dispatcher_, settings_.reflection));
    if (!settings_.listen.empty()) MT_CHECK_OK(open(Door::kNetwork));
    if (!settings_.unix_socket.empty()) MT_CHECK_OK(open(Door::kLocalSocket));
    return {};
  }

  std::vector<std::string> listening() const {
    std::vector<std::string> all;
    for (const auto& server : servers_)
      all.insert(all.end(), server->listening().begin(), server->listening().end());
    return all;
  }

  void stop(std::chrono::milliseconds patience) {
    const std::lock_guard lock(stopping_);
    if (!shared_) return;
    shared_->health.stop_serving();
    shared_->streaming.end_all();
    shared_->reflecting.cancel_all();
    // All doors close at once, each by a thread of its own.
    const auto until = std::chrono::system_clock::now() + patience;
    std::vector<std::thread> closing;
    for (const auto& server : servers_)
      closing.emplace_back([&server, until] {
        name_this_thread("mt-grpc-stop");
        server->shut_down(until);
      });
    for (std::thread& thread : closing) thread.join();
    servers_.clear();
    shared_.reset();
  }

 private:
  Result<void> open(Door door) {
    auto server = std::make_unique<GrpcServer>(*shared_, door, settings_);
    MT_CHECK_OK(server->start(settings_, quota_));
    servers_.push_back(std::move(server));
    return {};
  }

  const GrpcSettings settings_;
  Dispatcher& dispatcher_;
  grpc::ResourceQuota quota_;
  std::mutex stopping_;
  std::optional<EdgeShared> shared_;
  std::vector<std::unique_ptr<GrpcServer>> servers_;
};

GrpcEdge::GrpcEdge(Dispatcher& dispatcher, GrpcSettings settings)
    : impl_(std::make_unique<Impl>(dispatcher, std::move(settings))) {}

GrpcEdge::~GrpcEdge() { stop(); }

Result<void> GrpcEdge::start() { return impl_->start(); }

std::vector<std::string> GrpcEdge::listening() const { return impl_->listening(); }

void GrpcEdge::stop(std::chrono::milliseconds patience) { impl_->stop(patience); }

}  // namespace mt
