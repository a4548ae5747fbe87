// A call that has passed every check: what its handler gets. One allocation holds the context, the
// parsed request and the arena that it lives in.
#pragma once

#include <google/protobuf/arena.h>

#include <memory>
#include <string_view>

#include "bus/call.h"
#include "bus/method_table.h"

namespace mt {

class PreparedCall {
 public:
  explicit PreparedCall(std::shared_ptr<const MethodEntry> entry) : entry_(std::move(entry)) {}
  PreparedCall(const PreparedCall&) = delete;
  PreparedCall& operator=(const PreparedCall&) = delete;

  const MethodEntry& entry() const { return *entry_; }
  CallContext& context() { return context_; }
  const CallContext& context() const { return context_; }
  const Message& request() const { return *request_; }

  // INVALID_ARGUMENT when the bytes are not the method's request, naming the field.
  Result<void> take(std::string_view bytes);
  // The same when the message is of another type.
  Result<void> take(std::shared_ptr<const Message> message);

  // Both keep the whole call alive.
  static std::shared_ptr<const CallContext> context_of(const std::shared_ptr<const PreparedCall>&);
  static std::shared_ptr<const Message> request_of(const std::shared_ptr<const PreparedCall>&);

 private:
  // Holds most requests without a further allocation.
  static constexpr std::size_t kBlockBytes = 768;

  std::shared_ptr<const MethodEntry> entry_;
  CallContext context_;
  std::shared_ptr<const Message> given_;
  const Message* request_ = nullptr;
  alignas(8) char block_[kBlockBytes];  // outlives the arena that begins in it
  google::protobuf::Arena arena_{block_, sizeof block_};
};

}  // namespace mt
