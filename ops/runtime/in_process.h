// Calls of the container to its own modules: by the dispatcher like any other, as the system.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "bus/dispatcher.h"
#include "events/base/result.h"

namespace mt {

inline CallInput as_system(std::string method) {
  CallInput input;
  input.method = std::move(method);
  input.caller = Caller::system();
  return input;
}

// Blocks for the answer.
template <typename Response, typename Request>
Result<Response> call_in_process(Dispatcher& dispatcher, std::string method, Request request) {
  MT_TRY(const Reply reply,
         dispatcher.call_and_wait(as_system(std::move(method)),
                                  std::make_shared<const Request>(std::move(request))));
  if (reply.message) return static_cast<const Response&>(*reply.message);
  Response response;
  if (!response.ParseFromString(reply.bytes)) return internal("a stored reply cannot be read");
  return response;
}

}  // namespace mt
