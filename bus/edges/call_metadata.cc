#include "bus/edges/call_metadata.h"

#include <strings.h>

namespace mt {
namespace {

constexpr std::string_view kBearer = "Bearer ";

std::optional<std::string_view> header(const grpc::GenericCallbackServerContext& context,
                                       const char* name) {
  const auto& all = context.client_metadata();
  const auto at = all.find(name);
  if (at == all.end()) return std::nullopt;
  return std::string_view(at->second.data(), at->second.size());
}

Result<std::string> bearer_token(std::string_view authorization) {
  if (authorization.size() <= kBearer.size() ||
      strncasecmp(authorization.data(), kBearer.data(), kBearer.size()) != 0)
    return unauthenticated("metadata 'authorization' must be 'Bearer <token>'");
  return std::string(authorization.substr(kBearer.size()));
}

// gRPC gives a time of the wall clock; ours must not jump with it.
std::optional<std::chrono::steady_clock::time_point> deadline_of(
    const grpc::GenericCallbackServerContext& context) {
  using std::chrono::system_clock;
  const system_clock::time_point deadline = context.deadline();
  if (deadline == system_clock::time_point::max()) return std::nullopt;
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(deadline -
                                                                         system_clock::now());
}

}  // namespace

std::string_view method_name(const grpc::GenericCallbackServerContext& context) {
  std::string_view name = context.method();
  if (!name.empty() && name.front() == '/') name.remove_prefix(1);
  return name;
}

Result<CallInput> read_metadata(const grpc::GenericCallbackServerContext& context, Door door) {
  CallInput input;
  input.method = method_name(context);
  if (const auto authorization = header(context, "authorization")) {
    MT_TRY(input.token, bearer_token(*authorization));
  } else if (door == Door::kLocalSocket) {
    input.caller = Caller::operator_here();
  }
  if (const auto key = header(context, "idempotency-key")) input.idempotency_key = *key;
  if (const auto correlation = header(context, "x-correlation-id"))
    input.correlation = *correlation;
  input.deadline = deadline_of(context);
  return input;
}

void add_metadata(grpc::GenericCallbackServerContext& context, const Reply& reply) {
  if (reply.position.value != 0)
    context.AddTrailingMetadata("mt-position",
                                reply.module.value + "=" + std::to_string(reply.position.value));
  if (!reply.command.value.empty())
    context.AddTrailingMetadata("mt-command-id", reply.command.value);
  if (reply.repeated) context.AddTrailingMetadata("mt-repeated", "true");
}

}  // namespace mt
