#include "bus/edges/edge_service.h"

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
  HealthCheck(grpc::GenericCallbackServerContext& context, const Health& health)
      : UnaryReactor(context), health_(health) {}

 private:
  void handle(std::string_view request) override { answer(health_.check(request)); }

  const Health& health_;
};

}  // namespace

grpc::ServerGenericBidiReactor* EdgeService::CreateReactor(
    grpc::GenericCallbackServerContext* context) {
  const std::string_view name = method_name(*context);
  if (const Method* method = shared_.dispatcher.find(name)) return dispatched(*context, *method);
  if (name == Health::kCheck) return new HealthCheck(*context, shared_.health);
  if (name == Health::kWatch)
    return new StreamReactor(shared_.streaming,
                             [&health = shared_.health](auto request, auto stream) {
                               health.watch(request, std::move(stream));
                             });
  if (shared_.reflection != nullptr && (name == Reflection::kV1 || name == Reflection::kV1Alpha))
    return new ReflectionReactor(*context, *shared_.reflection, shared_.reflecting);
  return new RefusingReactor(
      to_status({Code::kUnimplemented, "no method '" + shortened(name, 200) + "'"}));
}

grpc::ServerGenericBidiReactor* EdgeService::dispatched(grpc::GenericCallbackServerContext& context,
                                                        const Method& method) {
  if (method.descriptor->server_streaming()) return watched(context);
  return new DispatchedCall(context, shared_.dispatcher, door_);
}

grpc::ServerGenericBidiReactor* EdgeService::watched(grpc::GenericCallbackServerContext& context) {
  return new StreamReactor(
      shared_.streaming,
      [this, &context](std::string_view request, std::shared_ptr<ReplyStream> stream) {
        auto input = read_metadata(context, door_);
        if (!input) return stream->finish(std::move(input).error());
        shared_.dispatcher.watch(*std::move(input), request, std::move(stream));
      });
}

}  // namespace mt
