#include "bus/edges/byte_buffers.h"

namespace mt {
namespace {

Error too_large(std::size_t bytes) {
  return {Code::kResourceExhausted,
          "the answer has " + std::to_string(bytes) + " bytes, more than the limit of " +
              std::to_string(kMostReplyBytes) + "; ask for a smaller page"};
}

}  // namespace

FlatBytes::FlatBytes(const grpc::ByteBuffer& buffer) {
  if (!buffer.Valid()) return;
  if (!buffer.TrySingleSlice(&slice_).ok()) buffer.DumpToSingleSlice(&slice_);
}

Result<grpc::ByteBuffer> to_buffer(const Message& message) {
  const std::size_t size = message.ByteSizeLong();
  if (size > kMostReplyBytes) return too_large(size);
  const grpc::Slice slice(size);
  message.SerializeWithCachedSizesToArray(const_cast<std::uint8_t*>(slice.begin()));
  return grpc::ByteBuffer(&slice, 1);
}

Result<grpc::ByteBuffer> to_buffer(const Reply& reply) {
  if (reply.message != nullptr) return to_buffer(*reply.message);
  if (reply.bytes.size() > kMostReplyBytes) return too_large(reply.bytes.size());
  const grpc::Slice slice(reply.bytes);
  return grpc::ByteBuffer(&slice, 1);
}

}  // namespace mt
