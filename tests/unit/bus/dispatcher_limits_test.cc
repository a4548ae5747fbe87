#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/unit/bus/given_dispatcher.h"

namespace mt::tests::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

TEST(Dispatcher, DropsACallWhoseDeadlinePassedWhileItWaitedForAWorker) {
  DispatcherLimits limits;
  limits.public_workers = 1;
  Dispatcher dispatcher(limits);
  std::promise<void> running, go_on;
  const auto hold = [&](auto, auto, Respond respond) {
    running.set_value();
    go_on.get_future().wait();
    respond(Reply{std::make_shared<Answer>(), {}, {}, {}});
  };
  EXPECT_TRUE(dispatcher.add(unary_method("Work", hold, Threading::kWorker)));
  const auto never = [](auto, auto, Respond) { FAIL() << "the handler was called"; };
  EXPECT_TRUE(dispatcher.add(unary_method("Ask", never, Threading::kWorker)));
  dispatcher.start();
  auto first = call(dispatcher, to("Work"), "");
  running.get_future().wait();
  auto input = to("Ask");
  input.deadline = steady_clock::now() + milliseconds(5);
  auto second = call(dispatcher, input, "");
  while (steady_clock::now() <= *input.deadline) std::this_thread::yield();
  go_on.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_EQ(code_of(second.get()), Code::kDeadlineExceeded);
}

TEST(Dispatcher, FreesACallsPlaceOnceItIsAnsweredEvenIfItsRespondIsKept) {
  DispatcherLimits limits;
  limits.in_flight = 1;
  std::vector<Respond> kept;
  GivenDispatcher given(
      "Ask",
      [&](auto, auto, Respond respond) {
        respond(Reply{std::make_shared<Answer>(), {}, {}, {}});
        kept.push_back(respond);
      },
      Threading::kInline, limits);
  EXPECT_TRUE(given.ask());
  EXPECT_EQ(given.dispatcher.counts().in_flight, 0u);
  EXPECT_TRUE(given.ask());
}

TEST(Dispatcher, RefusesCallsBeyondItsLimit) {
  HeldCalls held;
  DispatcherLimits limits;
  limits.in_flight = 3;
  GivenDispatcher given("Ask", held.handler(), Threading::kInline, limits);
  std::vector<Answered> open;
  for (int i = 0; i < 3; ++i) open.push_back(call(given.dispatcher, to("Ask"), ""));
  EXPECT_EQ(given.dispatcher.counts().in_flight, 3u);
  const auto refused = call(given.dispatcher, to("Ask"), "").get();
  ASSERT_EQ(code_of(refused), Code::kResourceExhausted);
  EXPECT_THAT(refused.error().message, HasSubstr("too many calls at once, the limit is 3"));
  held.answer_all();
  for (Answered& answered : open) EXPECT_TRUE(answered.get());
  auto next = call(given.dispatcher, to("Ask"), "");
  held.answer_all();
  EXPECT_TRUE(next.get());
  const auto counts = given.dispatcher.counts();
  EXPECT_EQ(counts.started, 5u);
  EXPECT_EQ(counts.refused, 1u);
  EXPECT_EQ(counts.in_flight, 0u);
}

TEST(Dispatcher, RefusesCallsThatTheWorkersQueueCannotHold) {
  DispatcherLimits limits;
  limits.public_workers = 1;
  limits.public_queue = 2;
  std::promise<void> go_on;
  auto gate = go_on.get_future().share();
  std::promise<void> running;
  std::once_flag once;
  GivenDispatcher given(
      "Work",
      [&](auto, auto, Respond respond) {
        std::call_once(once, [&] { running.set_value(); });
        gate.wait();
        respond(Reply{std::make_shared<Answer>(), {}, {}, {}});
      },
      Threading::kWorker, limits);
  std::vector<Answered> open;
  open.push_back(call(given.dispatcher, to("Work"), ""));
  running.get_future().wait();
  for (int i = 0; i < 2; ++i) open.push_back(call(given.dispatcher, to("Work"), ""));
  const auto refused = call(given.dispatcher, to("Work"), "").get();
  ASSERT_EQ(code_of(refused), Code::kResourceExhausted);
  EXPECT_THAT(refused.error().message,
              HasSubstr("Work: too many calls wait for a worker, at most 2 may"));
  go_on.set_value();
  for (Answered& answered : open) EXPECT_TRUE(answered.get());
}

TEST(Dispatcher, RunsTasksOfThoseWhoSignedInWhileStrangersFillTheirs) {
  std::promise<void> go_on;
  const auto gate = go_on.get_future().share();
  const auto hold = [&](auto, auto, Respond respond) {
    gate.wait();
    respond(Reply{std::make_shared<Answer>(), {}, {}, {}});
  };
  Dispatcher dispatcher({});
  EXPECT_TRUE(dispatcher.add(unary_method("Work", hold, Threading::kWorker)));
  EXPECT_TRUE(dispatcher.add(unary_method("Private", echo, Threading::kWorker)));
  dispatcher.start();
  std::vector<Answered> open;
  const auto is_refused = [](Answered& answered) {
    return answered.wait_for(milliseconds(0)) == std::future_status::ready;
  };
  do {
    open.push_back(call(dispatcher, to("Work"), ""));
  } while (!is_refused(open.back()));
  EXPECT_EQ(code_of(open.back().get()), Code::kResourceExhausted);
  open.pop_back();
  auto input = to("Private");
  input.caller = Caller::operator_here();
  EXPECT_TRUE(call(dispatcher, input, "").get());
  go_on.set_value();
  for (Answered& answered : open) EXPECT_TRUE(answered.get());
}

TEST(Dispatcher, IsUnavailableBeforeItsStartAndAfterItsStop) {
  Dispatcher dispatcher({});
  add_echo_methods(dispatcher);
  const auto early = call(dispatcher, to("Ask"), "").get();
  EXPECT_EQ(code_of(early), Code::kUnavailable);
  EXPECT_THAT(early.error().message, HasSubstr("starting"));
  dispatcher.start();
  EXPECT_TRUE(call(dispatcher, to("Ask"), "").get());
  dispatcher.stop();
  const auto late = call(dispatcher, to("Ask"), "").get();
  EXPECT_EQ(code_of(late), Code::kUnavailable);
  EXPECT_THAT(late.error().message, HasSubstr("stopping"));
  dispatcher.start();  // a stop is for good
  EXPECT_EQ(code_of(call(dispatcher, to("Ask"), "").get()), Code::kUnavailable);
}

TEST(Dispatcher, LetsCallsInFlightEndWhenItStops) {
  HeldCalls held;
  Dispatcher dispatcher({});
  EXPECT_TRUE(dispatcher.add(unary_method("Ask", held.handler())));
  EXPECT_TRUE(dispatcher.add(unary_method("Work", echo)));
  dispatcher.start();
  auto open = call(dispatcher, to("Ask"), "");
  auto stopping = std::async(std::launch::async, [&] { dispatcher.stop(); });
  while (call(dispatcher, to("Work"), "").get()) std::this_thread::yield();
  EXPECT_EQ(stopping.wait_for(milliseconds(0)), std::future_status::timeout);
  held.answer_all();
  stopping.wait();
  EXPECT_TRUE(open.get());
}

TEST(Dispatcher, WaitsNoLongerThanItsPatienceForACallThatDoesNotEnd) {
  HeldCalls held;
  GivenDispatcher given("Ask", held.handler());
  auto open = call(given.dispatcher, to("Ask"), "");
  given.dispatcher.stop(milliseconds(1));
  held.answer_all();  // a late answer still reaches its caller
  EXPECT_TRUE(open.get());
}

TEST(Dispatcher, AnswersCallsThatWaitForAWorkerWhenItStops) {
  DispatcherLimits limits;
  limits.public_workers = 1;
  std::promise<void> running, go_on;
  std::atomic<int> runs = 0;
  GivenDispatcher given(
      "Work",
      [&](auto, auto, Respond respond) {
        if (++runs == 1) running.set_value();
        go_on.get_future().wait();
        respond(Reply{std::make_shared<Answer>(), {}, {}, {}});
      },
      Threading::kWorker, limits);
  auto first = call(given.dispatcher, to("Work"), "");
  running.get_future().wait();
  auto second = call(given.dispatcher, to("Work"), "");
  auto stopping = std::async(std::launch::async, [&] { given.dispatcher.stop(milliseconds(1)); });
  EXPECT_EQ(code_of(second.get()), Code::kUnavailable);
  go_on.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_EQ(runs, 1);
}

TEST(Dispatcher, GivesUpWaitingAtTheDeadlineOfAnInProcessCall) {
  HeldCalls held;
  GivenDispatcher given("Ask", held.handler());
  auto input = to("Ask");
  input.deadline = steady_clock::now() + milliseconds(5);
  const auto reply = given.dispatcher.call_and_wait(input, std::make_shared<Question>());
  EXPECT_EQ(code_of(reply), Code::kDeadlineExceeded);
  held.answer_all();  // must find where to put its answer
}

}  // namespace
}  // namespace mt::tests::bus
