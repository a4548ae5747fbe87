#include "bus/request_digest.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <memory>
#include <string>

#include "events/crypto/blake2b.h"

namespace mt {
namespace {

std::string deterministic_bytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream sink(&bytes);
  google::protobuf::io::CodedOutputStream coded(&sink);
  coded.SetSerializationDeterministic(true);  // maps in the order of their keys
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

std::string public_bytes(const Validator& validator, const google::protobuf::Message& request) {
  if (!validator.has_secrets()) return deterministic_bytes(request);
  const std::unique_ptr<google::protobuf::Message> copy(request.New());
  copy->CopyFrom(request);
  validator.clear_secrets(*copy);
  return deterministic_bytes(*copy);
}

}  // namespace

Digest request_digest(std::string_view method, std::string_view actor, const Validator& validator,
                      const google::protobuf::Message& request) {
  // A zero byte, which names cannot hold, keeps the parts apart.
  static constexpr std::string_view kEnd("\0", 1);
  return blake2b_128({method, kEnd, actor, kEnd, public_bytes(validator, request)});
}

}  // namespace mt
