// One server stream on gRPC's side: reads one message, hands it on with the queue of the answers,
// and carries that queue to the client. Deletes itself when gRPC is done.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "bus/edges/edge_reactor.h"
#include "bus/edges/live_streams.h"
#include "bus/edges/reply_queue.h"

namespace mt {

class StreamReactor final : public EdgeReactor {
 public:
  // Called once with the request, which holds until it returns. Leads to one `finish` of the
  // stream.
  using Accept = std::function<void(std::string_view request, std::shared_ptr<ReplyStream>)>;

  StreamReactor(CallPlaces places, LiveStreams& live, Accept accept);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override { queue_->written(ok); }
  void OnCancel() override { queue_->cancelled(); }

 private:
  ~StreamReactor() override = default;
  void done() override;

  LiveStreams& live_;
  const Accept accept_;
  const std::shared_ptr<ReplyQueue> queue_;
  grpc::ByteBuffer request_;
};

}  // namespace mt
