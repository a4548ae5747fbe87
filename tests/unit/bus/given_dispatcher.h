// A started dispatcher with methods of the test's choice, and calls that wait for their answer.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/fixture/echo_methods.h"

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

// A handler that keeps its call open until the test answers.
class HeldCalls {
 public:
  UnaryHandler handler() {
    return [this](std::shared_ptr<const CallContext>, std::shared_ptr<const Message>,
                  Respond respond) {
      const std::lock_guard lock(mutex_);
      held_.push_back(std::move(respond));
      changed_.notify_all();
    };
  }
  void wait_for(std::size_t number) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return held_.size() >= number; });
  }
  void answer_all() {
    std::vector<Respond> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (const Respond& respond : held) respond(Reply{std::make_shared<Answer>(), {}, {}, {}});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Respond> held_;
};

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
