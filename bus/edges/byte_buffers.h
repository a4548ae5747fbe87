// Between gRPC's byte buffers and the bytes and messages of a call.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <string_view>

#include "bus/call.h"
#include "events/base/result.h"

namespace mt {

// A received message in one piece. Copies only what came in several.
class FlatBytes {
 public:
  explicit FlatBytes(const grpc::ByteBuffer& buffer);

  std::string_view view() const {
    return {reinterpret_cast<const char*>(slice_.begin()), slice_.size()};
  }

 private:
  grpc::Slice slice_;
};

// RESOURCE_EXHAUSTED when it is larger than what clients take, see kMostReplyBytes.
Result<grpc::ByteBuffer> to_buffer(const Message& message);
Result<grpc::ByteBuffer> to_buffer(const Reply& reply);

// What gRPC clients receive at most, unless they ask for more.
inline constexpr std::size_t kMostReplyBytes = 4 << 20;

}  // namespace mt
