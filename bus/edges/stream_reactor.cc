#include "bus/edges/stream_reactor.h"

#include "bus/edges/byte_buffers.h"

namespace mt {

StreamReactor::StreamReactor(Accept accept)
    : accept_(std::move(accept)), queue_(std::make_shared<ReplyQueue>(*this)) {
  StartRead(&request_);
}

void StreamReactor::OnReadDone(bool ok) {
  if (!ok) return queue_->finish(invalid_argument("the call carried no request message"));
  const FlatBytes request(request_);
  accept_(request.view(), queue_);
}

void StreamReactor::OnDone() {
  queue_->detach();
  delete this;
}

}  // namespace mt
