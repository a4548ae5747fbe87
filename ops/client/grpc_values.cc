#include "ops/client/grpc_values.h"

#include <charconv>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace mt {
namespace {

std::string trailer(const grpc::ClientContext& context, const char* name) {
  const auto& all = context.GetServerTrailingMetadata();
  const auto at = all.find(name);
  return at == all.end() ? std::string() : std::string(at->second.data(), at->second.size());
}

// "module=position".
void read_position(std::string_view text, CallOutcome& outcome) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return;
  outcome.module.value = text.substr(0, equals);
  const std::string_view digits = text.substr(equals + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), outcome.position.value);
}

}  // namespace

ReceivedBytes::ReceivedBytes(const grpc::ByteBuffer& buffer) {
  if (!buffer.Valid()) return;
  if (!buffer.TrySingleSlice(&slice_).ok()) buffer.DumpToSingleSlice(&slice_);
}

grpc::ByteBuffer to_buffer(std::string_view bytes) {
  const grpc::Slice slice(bytes.data(), bytes.size());
  return grpc::ByteBuffer(&slice, 1);
}

void add_metadata(grpc::ClientContext& context, const CallOptions& options,
                  const std::string& token) {
  const std::string& bearer = options.token.empty() ? token : options.token;
  if (!bearer.empty()) context.AddMetadata("authorization", "Bearer " + bearer);
  if (!options.idempotency_key.empty())
    context.AddMetadata("idempotency-key", options.idempotency_key);
  if (!options.correlation.empty()) context.AddMetadata("x-correlation-id", options.correlation);
  for (const auto& [name, value] : options.metadata) context.AddMetadata(name, value);
}

CallOutcome outcome_of(const grpc::ClientContext& context) {
  CallOutcome outcome;
  read_position(trailer(context, "mt-position"), outcome);
  outcome.command.value = trailer(context, "mt-command-id");
  outcome.repeated = trailer(context, "mt-repeated") == "true";
  return outcome;
}

Error to_error(const grpc::Status& status) {
  Error error{static_cast<Code>(status.error_code()), status.error_message()};
  if (error.message == "Deadline Exceeded") error.message = "no answer within the deadline";
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return error;
  for (const auto& detail : details.details()) {
    google::rpc::BadRequest broken;
    if (!detail.Is<google::rpc::BadRequest>() || !detail.UnpackTo(&broken)) continue;
    for (const auto& field : broken.field_violations())
      error.violations.push_back({field.field(), field.description()});
  }
  return error;
}

}  // namespace mt
