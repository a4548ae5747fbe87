// The generic service behind one door: gives each call that gRPC accepts to who answers it.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <memory>
#include <set>
#include <string>

#include "bus/dispatcher.h"
#include "bus/edges/call_metadata.h"
#include "bus/edges/grpc_edge.h"
#include "bus/edges/health.h"
#include "bus/edges/live_calls.h"
#include "bus/edges/live_streams.h"
#include "bus/edges/open_calls.h"
#include "bus/edges/reflection.h"

namespace mt {

// What all doors of an edge share.
struct EdgeShared {
  EdgeShared(Dispatcher& dispatcher_, std::set<std::string> services,
             std::unique_ptr<const Reflection> reflection_)
      : dispatcher(dispatcher_), health(std::move(services)), reflection(std::move(reflection_)) {}

  Dispatcher& dispatcher;
  Health health;
  std::unique_ptr<const Reflection> reflection;  // null: not served
  LiveStreams streaming;
  LiveCalls reflecting;
};

class EdgeService final : public grpc::CallbackGenericService {
 public:
  EdgeService(EdgeShared& shared, Door door, const GrpcSettings& settings)
      : shared_(shared),
        door_(door),
        open_(settings.max_open_calls),
        health_watches_(settings.max_side_streams),
        reflections_(settings.max_side_streams) {}

  // The calls that gRPC has given us and is not done with.
  OpenCalls& open_calls() { return open_; }

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  using Reactor = grpc::ServerGenericBidiReactor;
  using Context = grpc::GenericCallbackServerContext;
  Reactor* dispatched(Context& context, OpenCalls::Place open, const Method& method);
  Reactor* watched(Context& context, OpenCalls::Place open);
  Reactor* health_watched(OpenCalls::Place open);
  Reactor* reflected(Context& context, OpenCalls::Place open);

  EdgeShared& shared_;
  const Door door_;
  OpenCalls open_;
  // Open as long as their clients like, without passing the dispatcher and its admission.
  OpenCalls health_watches_;
  OpenCalls reflections_;
};

}  // namespace mt
