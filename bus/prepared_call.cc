#include "bus/prepared_call.h"

namespace mt {

Result<void> PreparedCall::take(std::string_view bytes) {
  Message* const message = entry_->prototype->New(&arena_);
  if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return explain_parse_failure(*entry_->method.descriptor->input_type(), bytes);
  request_ = message;
  return {};
}

Result<void> PreparedCall::take(std::shared_ptr<const Message> message) {
  const auto* const expected = entry_->method.descriptor->input_type();
  if (message == nullptr || message->GetDescriptor() != expected)
    return invalid_argument(entry_->name + " takes a " + expected->full_name() + ", not " +
                            (message ? "a " + message->GetDescriptor()->full_name() : "nothing"));
  given_ = std::move(message);
  request_ = given_.get();
  return {};
}

std::shared_ptr<const CallContext> PreparedCall::context_of(
    const std::shared_ptr<const PreparedCall>& call) {
  return {call, &call->context_};
}

std::shared_ptr<const Message> PreparedCall::request_of(
    const std::shared_ptr<const PreparedCall>& call) {
  return {call, call->request_};
}

}  // namespace mt
