// The generic service behind one door: gives each call that gRPC accepts to who answers it.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <memory>
#include <set>
#include <string>

#include "bus/dispatcher.h"
#include "bus/edges/call_metadata.h"
#include "bus/edges/health.h"
#include "bus/edges/live_calls.h"
#include "bus/edges/live_streams.h"
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
  EdgeService(EdgeShared& shared, Door door) : shared_(shared), door_(door) {}

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  grpc::ServerGenericBidiReactor* dispatched(grpc::GenericCallbackServerContext& context,
                                             const Method& method);
  grpc::ServerGenericBidiReactor* watched(grpc::GenericCallbackServerContext& context);

  EdgeShared& shared_;
  const Door door_;
};

}  // namespace mt
