// Bus: news and requests between modules and nodes. The bus says that something happened; the log
// says what: a lost, doubled or reordered message never loses or doubles an effect.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "events/base/result.h"

namespace mt {

struct BusMessage {
  std::string subject;  // tokens joined by dots: "mt.grown.mod_main"
  std::map<std::string, std::string> headers;
  std::string body;
};

class Bus {
 public:
  using Handler = std::function<void(const BusMessage&)>;
  // Answers a request.
  using Responder = std::function<Result<std::string>(const BusMessage&)>;
  // Ends the subscription when it is destroyed; its handler does not run afterwards.
  class Subscription {
   public:
    virtual ~Subscription() = default;
  };

  virtual ~Bus() = default;

  // RESOURCE_EXHAUSTED when the bounded queue is full. INVALID_ARGUMENT for a malformed subject.
  virtual Result<void> publish(BusMessage message) = 0;
  // `pattern` may hold "*" for one token and end in ">" for all that follow. Messages of one
  // publisher reach a handler in order, on a thread of the bus.
  virtual Result<std::unique_ptr<Subscription>> subscribe(std::string pattern, Handler handler) = 0;
  // At most one responder a subject: ALREADY_EXISTS otherwise.
  virtual Result<std::unique_ptr<Subscription>> respond(std::string subject,
                                                        Responder responder) = 0;
  // UNAVAILABLE when nobody responds, DEADLINE_EXCEEDED after `timeout`.
  virtual Result<std::string> request(BusMessage message, std::chrono::milliseconds timeout) = 0;
};

}  // namespace mt
