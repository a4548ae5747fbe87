#include "bus/edges/unary_reactor.h"

#include "bus/edges/byte_buffers.h"
#include "bus/edges/grpc_status.h"

namespace mt {

UnaryReactor::UnaryReactor(grpc::GenericCallbackServerContext& context, CallPlaces places)
    : EdgeReactor(std::move(places)), context_(context) {
  StartRead(&request_);
}

void UnaryReactor::OnReadDone(bool ok) {
  // A message over the limit also ends here; gRPC has then set the status itself.
  if (!ok) return answer(invalid_argument("the call carried no request message"));
  const FlatBytes request(request_);
  handle(request.view());
}

// The handler goes on, since what it does cannot be undone half-way; nobody waits for its answer.
void UnaryReactor::OnCancel() {
  if (!finished_.exchange(true)) Finish(grpc::Status::CANCELLED);
}

void UnaryReactor::answer(Result<Reply> reply) {
  if (!finished_.exchange(true)) {
    if (reply)
      send(*reply);
    else
      Finish(to_status(reply.error()));
  }
  release();
}

void UnaryReactor::send(const Reply& reply) {
  auto response = to_buffer(reply);
  if (!response) return Finish(to_status(response.error()));
  response_.Swap(&*response);
  add_metadata(context_, reply);
  StartWriteAndFinish(&response_, grpc::WriteOptions(), grpc::Status::OK);
}

void UnaryReactor::release() {
  if (holders_.fetch_sub(1) == 1) delete this;
}

void DispatchedCall::handle(std::string_view request) {
  auto input = read_metadata(context_, door_);
  if (!input) return answer(std::move(input).error());
  // The dispatcher answers exactly once, so the bare pointer is good until then.
  dispatcher_.call(*std::move(input), request,
                   [this](Result<Reply> reply) { answer(std::move(reply)); });
}

}  // namespace mt
