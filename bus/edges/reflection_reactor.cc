#include "bus/edges/reflection_reactor.h"

#include <utility>

#include "bus/edges/byte_buffers.h"
#include "bus/edges/grpc_status.h"
#include "bus/validation.h"

namespace mt {

ReflectionReactor::ReflectionReactor(grpc::CallbackServerContext& context, CallPlaces places,
                                     const Reflection& reflection, LiveCalls& live)
    : EdgeReactor(std::move(places)), context_(context), reflection_(reflection), live_(live) {
  live_.add(context_);
  StartRead(&request_);
}

void ReflectionReactor::OnReadDone(bool ok) {
  if (!ok) return Finish(grpc::Status::OK);  // the client has no more requests, or is gone
  const FlatBytes bytes(request_);
  Reflection::Request request;
  if (!request.ParseFromArray(bytes.view().data(), static_cast<int>(bytes.view().size())))
    return Finish(
        to_status(explain_parse_failure(*Reflection::Request::descriptor(), bytes.view())));
  auto response = to_buffer(reflection_.answer(request, sent_));
  if (!response) return Finish(to_status(response.error()));
  response_.Swap(&*response);
  StartWrite(&response_);
}

void ReflectionReactor::OnWriteDone(bool ok) {
  if (!ok) return Finish(grpc::Status::CANCELLED);
  request_.Clear();
  StartRead(&request_);
}

void ReflectionReactor::done() {
  live_.remove(context_);
  delete this;
}

}  // namespace mt
