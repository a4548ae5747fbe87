#include "bus/edges/call_metadata.h"

#include <grpc/support/time.h>
#include <strings.h>

#include <algorithm>
#include <cstdint>

namespace mt {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::chrono::seconds kLongest = std::chrono::hours(24 * 365 * 100);

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

}  // namespace

// Told from what is left, in gRPC's own reckoning: its time point of the C++ clocks turns into one
// of long ago beyond the year 2262.
std::optional<std::chrono::steady_clock::time_point> deadline_in(
    gpr_timespec left, std::chrono::steady_clock::time_point now) {
  using std::chrono::nanoseconds, std::chrono::seconds;
  if (gpr_time_cmp(left, gpr_inf_future(GPR_TIMESPAN)) == 0) return std::nullopt;
  const seconds whole(std::clamp<std::int64_t>(left.tv_sec, -kLongest.count(), kLongest.count()));
  return now + whole + nanoseconds(left.tv_nsec);
}

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
  const gpr_timespec left =
      gpr_time_sub(gpr_convert_clock_type(context.raw_deadline(), GPR_CLOCK_REALTIME),
                   gpr_now(GPR_CLOCK_REALTIME));
  input.deadline = deadline_in(left, std::chrono::steady_clock::now());
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
