#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <thread>

#include "tests/fixture/collected_stream.h"
#include "tests/unit/bus/given_dispatcher.h"

namespace mt::tests::bus {
namespace {

using testing::HasSubstr;

struct Given {
  explicit Given(StreamHandler handler, Threading threading = Threading::kWorker,
                 DispatcherLimits limits = {})
      : dispatcher(limits) {
    EXPECT_TRUE(dispatcher.add(watch_method(std::move(handler), threading)));
    dispatcher.start();
  }

  std::shared_ptr<CollectedStream> watch(int messages, CallInput input = to("Follow")) {
    auto stream = std::make_shared<CollectedStream>();
    Question request;
    request.set_number(messages);
    dispatcher.watch(std::move(input), request.SerializeAsString(), stream);
    return stream;
  }

  Dispatcher dispatcher;
};

Code code_of(const Result<void>& outcome) { return outcome ? Code::kOk : outcome.error().code; }

TEST(DispatcherWatch, CarriesEveryMessageAndTheEnd) {
  for (const Threading threading : {Threading::kInline, Threading::kWorker}) {
    Given given(follow, threading);
    const auto stream = given.watch(3);
    EXPECT_TRUE(stream->wait_for_end());
    EXPECT_EQ(stream->messages().size(), 3u);
    EXPECT_EQ(stream->finishes(), 1);
  }
}

TEST(DispatcherWatch, RunsAWatchOffTheCallersThread) {
  std::thread::id ran_on;
  Given given([&](auto, auto, std::shared_ptr<ReplyStream> stream) {
    ran_on = std::this_thread::get_id();
    stream->finish({});
  });
  EXPECT_TRUE(given.watch(1)->wait_for_end());
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(DispatcherWatch, HasNoDeadlineUnlessItsCallerSetsOne) {
  std::chrono::steady_clock::time_point deadline;
  Given given(
      [&](std::shared_ptr<const CallContext> context, auto, std::shared_ptr<ReplyStream> stream) {
        deadline = context->deadline;
        stream->finish({});
      });
  EXPECT_TRUE(given.watch(1)->wait_for_end());
  EXPECT_EQ(deadline, std::chrono::steady_clock::time_point::max());
  auto input = to("Follow");
  input.deadline = std::chrono::steady_clock::now() + std::chrono::hours(9);
  EXPECT_TRUE(given.watch(1, input)->wait_for_end());
  EXPECT_EQ(deadline, input.deadline);
}

TEST(DispatcherWatch, RefusesWhatItCannotBegin) {
  Given given(follow);
  EXPECT_TRUE(given.dispatcher.add(unary_method("Ask", echo)));
  EXPECT_EQ(code_of(given.watch(1, to("Ask"))->wait_for_end()), Code::kUnimplemented);
  EXPECT_EQ(code_of(given.watch(1, to("Nothing"))->wait_for_end()), Code::kUnimplemented);
  EXPECT_EQ(code_of(given.watch(-1)->wait_for_end()), Code::kInvalidArgument);
  auto late = to("Follow");
  late.deadline = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(given.watch(1, late)->wait_for_end()), Code::kDeadlineExceeded);
  EXPECT_EQ(given.dispatcher.counts().refused, 4u);
}

TEST(DispatcherWatch, RefusesStreamsBeyondItsLimit) {
  DispatcherLimits limits;
  limits.watches = 2;
  Given given(follow, Threading::kWorker, limits);
  const auto first = given.watch(0);
  const auto second = given.watch(0);
  const auto third = given.watch(0)->wait_for_end();
  ASSERT_EQ(code_of(third), Code::kResourceExhausted);
  EXPECT_THAT(third.error().message, HasSubstr("too many streams at once, the limit is 2"));
  first->leave();
  EXPECT_TRUE(first->wait_for_end());
  // The place is free once the handler has finished its stream.
  while (!given.watch(1)->wait_for_end()) std::this_thread::yield();
  second->leave();
}

TEST(DispatcherWatch, EndsTheStreamOfAHandlerThatThrows) {
  for (const Threading threading : {Threading::kInline, Threading::kWorker}) {
    Given given([](auto, auto, auto) { throw std::runtime_error("out of luck"); }, threading);
    const auto outcome = given.watch(1)->wait_for_end();
    ASSERT_EQ(code_of(outcome), Code::kInternal);
    EXPECT_THAT(outcome.error().message, HasSubstr("Follow threw: out of luck"));
  }
}

TEST(DispatcherWatch, EndsTheStreamThatAHandlerLeavesUnfinished) {
  Given given([](auto, auto, auto) {});
  const auto outcome = given.watch(1)->wait_for_end();
  ASSERT_EQ(code_of(outcome), Code::kInternal);
  EXPECT_THAT(outcome.error().message, HasSubstr("Follow left its stream unfinished"));
}

TEST(DispatcherWatch, PassesTheFirstOutcomeOnAndNothingAfterIt) {
  bool wrote = true;
  Given given(
      [&](auto, auto, std::shared_ptr<ReplyStream> stream) {
        stream->finish(aborted("first"));
        stream->finish({});
        wrote = stream->write(Answer()) || stream->write_when_ready(Answer()) || stream->is_open();
      },
      Threading::kInline);
  const auto stream = given.watch(1);
  EXPECT_EQ(stream->wait_for_end().error().message, "first");
  EXPECT_EQ(stream->finishes(), 1);
  EXPECT_FALSE(wrote);
  EXPECT_TRUE(stream->messages().empty());
}

TEST(DispatcherWatch, LetsAHandlerGoOnAfterItReturned) {
  std::shared_ptr<ReplyStream> kept;
  Given given([&](auto, auto, std::shared_ptr<ReplyStream> stream) { kept = std::move(stream); },
              Threading::kInline);
  const auto stream = given.watch(1);
  EXPECT_TRUE(kept->write(Answer()));
  EXPECT_EQ(given.dispatcher.counts().in_flight, 1u);
  kept->finish({});
  EXPECT_TRUE(stream->wait_for_end());
  EXPECT_EQ(given.dispatcher.counts().in_flight, 0u);
}

TEST(DispatcherWatch, IsCutOffWhenTheDispatcherStops) {
  Given given(follow);
  const auto stream = given.watch(0);
  stream->wait_for_messages(1);
  given.dispatcher.stop(std::chrono::hours(1));  // does not wait for what has no end
  const auto outcome = stream->wait_for_end();
  ASSERT_EQ(code_of(outcome), Code::kUnavailable);
  EXPECT_THAT(outcome.error().message, HasSubstr("stopping"));
}

TEST(DispatcherWatch, IsUnavailableBeforeTheStartAndAfterTheStop) {
  Given given(follow);
  given.dispatcher.stop();
  EXPECT_EQ(code_of(given.watch(1)->wait_for_end()), Code::kUnavailable);
  Dispatcher early({});
  EXPECT_TRUE(early.add(watch_method(follow)));
  const auto stream = std::make_shared<CollectedStream>();
  early.watch(to("Follow"), "", stream);
  EXPECT_EQ(code_of(stream->wait_for_end()), Code::kUnavailable);
}

}  // namespace
}  // namespace mt::tests::bus
