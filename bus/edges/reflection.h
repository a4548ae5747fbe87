// Server reflection: what services and messages this program has, read from protobuf's generated
// pool. v1alpha and v1 have the same bytes, so one answer serves both. Pure; any thread.
#pragma once

#include <google/protobuf/descriptor.h>

#include <set>
#include <string>
#include <string_view>

#include "grpc/reflection/v1/reflection.pb.h"

namespace mt {

class Reflection {
 public:
  static constexpr std::string_view kV1 =
      "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
  static constexpr std::string_view kV1Alpha =
      "grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

  using Request = grpc::reflection::v1::ServerReflectionRequest;
  using Response = grpc::reflection::v1::ServerReflectionResponse;
  // Names of the files that a stream's earlier answers held.
  using Sent = std::set<std::string>;

  // `services`: all that the edge serves, by full name.
  explicit Reflection(std::set<std::string> services);

  // A file is followed by what it imports, but no import is sent twice on one stream. What does not
  // exist is an error_response, and the stream goes on.
  Response answer(const Request& request, Sent& sent) const;

 private:
  void list_services(Response& response) const;

  const std::set<std::string> services_;
};

}  // namespace mt
