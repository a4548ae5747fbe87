// A started dispatcher with methods of the test's choice, and calls that wait for their answer.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "tests/fixture/echo_methods.h"
#include "tests/fixture/held_calls.h"

namespace mt::tests::bus {

// What call() promises, to be waited for.
using Answered = std::future<Result<Reply>>;

inline Answered call(Dispatcher& dispatcher, CallInput input, const std::string& request) {
  const auto promise = std::make_shared<std::promise<Result<Reply>>>();
  dispatcher.call(std::move(input), request,
                  [promise](Result<Reply> reply) { promise->set_value(std::move(reply)); });
  return promise->get_future();
}

inline CallInput to(const std::string& method) {
  CallInput input;
  input.method = echo_name(method);
  return input;
}

inline Question question(const std::string& text) {
  Question request;
  request.set_text(text);
  return request;
}

inline Change change(const std::string& text) {
  Change request;
  request.set_text(text);
  return request;
}

inline Code code_of(const Result<Reply>& reply) { return reply ? Code::kOk : reply.error().code; }

inline const Answer& answer_of(const Result<Reply>& reply) {
  return static_cast<const Answer&>(*reply->message);
}

// A dispatcher with one unary method.
struct GivenDispatcher {
  GivenDispatcher(const char* method, UnaryHandler handler,
                  Threading threading = Threading::kInline, DispatcherLimits limits = {})
      : name(method), dispatcher(limits) {
    EXPECT_TRUE(dispatcher.add(unary_method(name, std::move(handler), threading)));
    dispatcher.start();
  }

  Result<Reply> ask(CallInput input, const Message& request = question("hello")) {
    return bus::call(dispatcher, std::move(input), request.SerializeAsString()).get();
  }
  Result<Reply> ask() { return ask(to(name)); }

  const char* name;
  Dispatcher dispatcher;
};

// What the handler was told of its call.
struct Seen {
  UnaryHandler handler() {
    return [this](std::shared_ptr<const CallContext> given, std::shared_ptr<const Message> request,
                  Respond respond) {
      context = *given;
      echo_any(std::move(request), std::move(respond));
    };
  }
  static void echo_any(std::shared_ptr<const Message>, Respond respond) {
    respond(Reply{std::make_shared<Answer>(), {}, {}, {}});
  }
  CallContext context;
};

}  // namespace mt::tests::bus
