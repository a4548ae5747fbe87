// The messages of one server stream on their way to its client: a bounded queue, of which one
// message is in gRPC's hands. Outlives the call as long as a handler holds it.
#pragma once

#include <grpcpp/generic/async_generic_service.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>

#include "bus/call.h"

namespace mt {

class ReplyQueue final : public ReplyStream {
 public:
  // A client that falls behind by this much is too slow: RESOURCE_EXHAUSTED.
  static constexpr std::size_t kMostMessages = 1024;
  static constexpr std::size_t kMostBytes = 8 << 20;

  explicit ReplyQueue(grpc::ServerGenericBidiReactor& reactor) : reactor_(&reactor) {}

  bool write(const Message& message) override;
  bool write_when_ready(const Message& message) override;
  bool write_if_ready(const Message& message) override;
  bool wait_until_sent(std::chrono::milliseconds patience) override;
  bool is_open() const override;
  void finish(Result<void> outcome) override;

  // What the reactor is told.
  void written(bool ok);
  void cancelled();
  void detach();

 private:
  bool has_room() const;
  bool push(grpc::ByteBuffer buffer);
  void write_front();
  void close(grpc::Status status);
  void finish_if_idle();

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  grpc::ServerGenericBidiReactor* reactor_;  // null after its end
  std::deque<grpc::ByteBuffer> waiting_;     // the front one is in gRPC's hands while writing_
  std::size_t bytes_ = 0;
  bool writing_ = false;
  std::optional<grpc::Status> outcome_;  // set: nothing more is taken
  bool finished_ = false;                // gRPC has the outcome
};

}  // namespace mt
