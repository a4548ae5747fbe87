// Between gRPC's values and ours, on the client's side: bytes, metadata, trailers, status.
#pragma once

#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>
#include <grpcpp/support/status.h>

#include <string_view>

#include "events/base/result.h"
#include "ops/client/call_options.h"

namespace mt {

// A received message in one piece.
class ReceivedBytes {
 public:
  explicit ReceivedBytes(const grpc::ByteBuffer& buffer);
  std::string_view view() const {
    return {reinterpret_cast<const char*>(slice_.begin()), slice_.size()};
  }

 private:
  grpc::Slice slice_;
};

grpc::ByteBuffer to_buffer(std::string_view bytes);

// Token, ids and further metadata.
void add_metadata(grpc::ClientContext& context, const CallOptions& options,
                  const std::string& token);

// What the trailers say of a command; after the call's end.
CallOutcome outcome_of(const grpc::ClientContext& context);

// Of a status that is not OK, with the broken fields of its details.
Error to_error(const grpc::Status& status);

}  // namespace mt
