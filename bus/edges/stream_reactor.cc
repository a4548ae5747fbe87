#include "bus/edges/stream_reactor.h"

#include "bus/edges/byte_buffers.h"

namespace mt {

StreamReactor::StreamReactor(CallPlaces places, LiveStreams& live, Accept accept)
    : EdgeReactor(std::move(places)),
      live_(live),
      accept_(std::move(accept)),
      queue_(std::make_shared<ReplyQueue>(*this)) {
  StartRead(&request_);
  live_.add(queue_);
}

void StreamReactor::OnReadDone(bool ok) {
  if (!ok) return queue_->finish(invalid_argument("the call carried no request message"));
  const FlatBytes request(request_);
  accept_(request.view(), queue_);
}

void StreamReactor::done() {
  live_.remove(queue_);
  queue_->detach();
  delete this;
}

}  // namespace mt
