#include "bus/edges/edge_service.h"

#include <utility>

#include "bus/edges/grpc_status.h"
#include "bus/edges/reflection_reactor.h"
#include "bus/edges/refusing_reactor.h"
#include "bus/edges/stream_reactor.h"
#include "bus/edges/unary_reactor.h"
#include "bus/text_format.h"

namespace mt {
namespace {

class HealthCheck final : public UnaryReactor {
 public:
  HealthCheck(grpc::GenericCallbackServerContext& context, CallPlaces places, const Health& health)
      : UnaryReactor(context, std::move(places)), health_(health) {}

 private:
  void handle(std::string_view request) override { answer(health_.check(request)); }

  const Health& health_;
};

grpc::ServerGenericBidiReactor* too_many(const char* what, const OpenCalls& calls) {
  return new RefusingReactor(to_status(
      {Code::kResourceExhausted, "too many " + std::string(what) + " are open, the limit is " +
                                     std::to_string(calls.most()) + "; try again soon"}));
}

}  // namespace

grpc::ServerGenericBidiReactor* EdgeService::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  auto open = open_.enter();
  if (!open) return too_many("calls", open_);
  const std::string_view name = method_name(*context);
  if (const Method* method = shared_.dispatcher.find(name))
    return dispatched(*context, *std::move(open), *method);
  if (name == Health::kCheck) return new HealthCheck(*context, {*std::move(open)}, shared_.health);
  if (name == Health::kWatch) return health_watched(*std::move(open));
  if (shared_.reflection != nullptr && (name == Reflection::kV1 || name == Reflection::kV1Alpha))
    return reflected(*context, *std::move(open));
  return new RefusingReactor(
      to_status({Code::kUnimplemented, "no method '" + shortened(name, 200) + "'"}));
}

grpc::ServerGenericBidiReactor* EdgeService::dispatched(Context& context, OpenCalls::Place open,
                                                        const Method& method) {
  if (method.descriptor->server_streaming()) return watched(context, std::move(open));
  return new DispatchedCall(context, {std::move(open)}, shared_.dispatcher, door_);
}

grpc::ServerGenericBidiReactor* EdgeService::watched(Context& context, OpenCalls::Place open) {
  return new StreamReactor(
      {std::move(open)}, shared_.streaming,
      [this, &context](std::string_view request, std::shared_ptr<ReplyStream> stream) {
        auto input = read_metadata(context, door_);
        if (!input) return stream->finish(std::move(input).error());
        shared_.dispatcher.watch(*std::move(input), request, std::move(stream));
      });
}

grpc::ServerGenericBidiReactor* EdgeService::health_watched(OpenCalls::Place open) {
  auto side = health_watches_.enter();
  if (!side) return too_many("health watches", health_watches_);
  return new StreamReactor({std::move(open), std::move(side)}, shared_.streaming,
                           [&health = shared_.health](auto request, auto stream) {
                             health.watch(request, std::move(stream));
                           });
}

grpc::ServerGenericBidiReactor* EdgeService::reflected(Context& context, OpenCalls::Place open) {
  auto side = reflections_.enter();
  if (!side) return too_many("reflections", reflections_);
  return new ReflectionReactor(context, {std::move(open), std::move(side)}, *shared_.reflection,
                               shared_.reflecting);
}

}  // namespace mt
