// One unary call on gRPC's side: reads one message, has it handled, writes one message with the
// status. Deletes itself when both gRPC and the answer are done with it.
#pragma once

#include <atomic>
#include <string_view>
#include <utility>

#include "bus/call.h"
#include "bus/dispatcher.h"
#include "bus/edges/call_metadata.h"
#include "bus/edges/edge_reactor.h"

namespace mt {

class UnaryReactor : public EdgeReactor {
 public:
  UnaryReactor(grpc::GenericCallbackServerContext& context, CallPlaces places);

  void OnReadDone(bool ok) final;
  void OnCancel() final;

 protected:
  ~UnaryReactor() override = default;

  // Must lead to exactly one answer(), on any thread. `request` holds until it returns.
  virtual void handle(std::string_view request) = 0;
  void answer(Result<Reply> reply);

  grpc::GenericCallbackServerContext& context_;

 private:
  void done() final { release(); }
  void send(const Reply& reply);
  void release();

  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  // Whoever sets it finishes the call: the answer, or a cancellation that comes first. After that
  // the context may be gone.
  std::atomic<bool> finished_ = false;
  std::atomic<int> holders_ = 2;  // gRPC until OnDone, and the answer
};

// A call of a method of the dispatch table.
class DispatchedCall final : public UnaryReactor {
 public:
  DispatchedCall(grpc::GenericCallbackServerContext& context, CallPlaces places,
                 Dispatcher& dispatcher, Door door)
      : UnaryReactor(context, std::move(places)), dispatcher_(dispatcher), door_(door) {}

 private:
  void handle(std::string_view request) override;

  Dispatcher& dispatcher_;
  const Door door_;
};

}  // namespace mt
