#include "bus/edges/grpc_status.h"

#include "bus/text_format.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace mt {
namespace {

// The message travels twice, percent-encoded and in the details; the details as base64. With these
// bounds even the worst case stays below the 8 KiB that clients accept.
constexpr std::size_t kMostMessageBytes = 1024;
constexpr std::size_t kMostDetailBytes = 2048;

google::rpc::BadRequest bad_request(const Error& error) {
  google::rpc::BadRequest details;
  std::size_t bytes = 0;
  for (const FieldViolation& violation : error.violations) {
    bytes += violation.field.size() + violation.description.size() + 8;
    if (bytes > kMostDetailBytes) break;
    auto& broken = *details.add_field_violations();
    broken.set_field(violation.field);
    broken.set_description(violation.description);
  }
  return details;
}

}  // namespace

grpc::Status to_status(const Error& error) {
  const auto code = static_cast<grpc::StatusCode>(error.code);
  const std::string message = shortened(error.message, kMostMessageBytes);
  if (error.violations.empty()) return {code, message};
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  status.add_details()->PackFrom(bad_request(error));
  return {code, message, status.SerializeAsString()};
}

}  // namespace mt
