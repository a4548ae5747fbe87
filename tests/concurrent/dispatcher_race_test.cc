#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

#include "tests/fixture/collected_stream.h"
#include "tests/fixture/echo_methods.h"

namespace mt::tests::bus {
namespace {

CallInput to(const char* method) {
  CallInput input;
  input.method = echo_name(method);
  return input;
}

// Several threads call without a pause until they are told that the dispatcher stops.
struct Callers {
  Callers(Dispatcher& dispatcher, int number) : dispatcher_(dispatcher), begun(number) {
    for (int i = 0; i < number; ++i) threads_.emplace_back([this] { run(); });
  }
  ~Callers() {
    for (std::thread& thread : threads_) thread.join();
  }

  void run() {
    bool stopping = false;
    for (int round = 0; !stopping; ++round) {
      stopping = call("Ask");
      call("Work");
      watch();
      if (round == 20) begun.count_down();
    }
  }

  // Whether the answer was that the server is stopping.
  bool call(const char* method) {
    ++calls;
    bool stopping = false;
    // Nothing blocks the caller of an inline method, so it is answered before `call` returns.
    const bool at_once = std::string_view(method) == "Ask";
    dispatcher_.call(to(method), "", [this, at_once, &stopping](Result<Reply> reply) {
      ++answers;
      if (at_once) stopping = !reply && reply.error().code == Code::kUnavailable;
    });
    return stopping;
  }

  void watch() {
    const auto stream = std::make_shared<CollectedStream>();
    Question three;
    three.set_number(3);
    dispatcher_.watch(to("Follow"), three.SerializeAsString(), stream);
    const auto outcome = stream->wait_for_end();
    if (outcome && stream->messages().size() != 3) ++cut_short;
    if (stream->finishes() != 1) ++cut_short;
  }

  Dispatcher& dispatcher_;
  std::latch begun;
  std::atomic<int> calls = 0;
  std::atomic<int> answers = 0;
  std::atomic<int> cut_short = 0;
  std::vector<std::thread> threads_;
};

TEST(DispatcherRace, AnswersEveryCallOnceWhileItStops) {
  for (int round = 0; round < 10; ++round) {
    DispatcherLimits limits;
    limits.worker_queue = 4;  // so that some are refused
    Dispatcher dispatcher(limits);
    add_echo_methods(dispatcher);
    dispatcher.start();
    int calls = 0, answers = 0;
    {
      Callers callers(dispatcher, 6);
      callers.begun.wait();
      dispatcher.stop();
      for (std::thread& thread : callers.threads_) thread.join();
      callers.threads_.clear();
      calls = callers.calls;
      answers = callers.answers;
      EXPECT_EQ(callers.cut_short, 0);
    }
    EXPECT_EQ(answers, calls);
    EXPECT_EQ(dispatcher.counts().in_flight, 0u);
  }
}

TEST(DispatcherRace, NeverHasMoreCallsOpenThanItsLimit) {
  DispatcherLimits limits;
  limits.in_flight = 3;
  Dispatcher dispatcher(limits);
  std::atomic<int> open = 0, most = 0, served = 0;
  EXPECT_TRUE(dispatcher.add(unary_method("Ask", [&](auto context, auto request, Respond respond) {
    const int now = ++open;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::yield();
    --open;
    ++served;
    echo(context, request, std::move(respond));
  })));
  dispatcher.start();
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i)
    callers.emplace_back([&] {
      for (int call = 0; call < 500; ++call) dispatcher.call(to("Ask"), "", [](Result<Reply>) {});
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_LE(most, 3);
  EXPECT_EQ(dispatcher.counts().started, 4000u);
  EXPECT_EQ(dispatcher.counts().refused + static_cast<std::uint64_t>(served.load()), 4000u);
}

TEST(DispatcherRace, StopsWhileSeveralAskForIt) {
  Dispatcher dispatcher({});
  add_echo_methods(dispatcher);
  dispatcher.start();
  std::vector<std::thread> stoppers;
  for (int i = 0; i < 4; ++i) stoppers.emplace_back([&] { dispatcher.stop(); });
  for (std::thread& stopper : stoppers) stopper.join();
  EXPECT_EQ(dispatcher.counts().in_flight, 0u);
}

}  // namespace
}  // namespace mt::tests::bus
