#include "bus/local_bus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace mt {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

BusMessage news(const std::string& subject, const std::string& body = "") {
  return {subject, {}, body};
}

Bus::Responder saying(const std::string& text) {
  return [text](const BusMessage&) { return text; };
}

// Once this returns, everything published before it has been handled.
void settle(LocalBus& bus) {
  std::promise<void> reached;
  const auto marker = bus.subscribe("test.settled", [&](auto&) { reached.set_value(); });
  ASSERT_TRUE(bus.publish(news("test.settled")));
  reached.get_future().wait();
}

// The bodies that one subscription got.
struct Inbox {
  Inbox(LocalBus& bus, const std::string& pattern)
      : subscription(*bus.subscribe(
            pattern, [this](const BusMessage& message) { bodies.push_back(message.body); })) {}
  std::vector<std::string> bodies;
  std::unique_ptr<Bus::Subscription> subscription;
};

TEST(LocalBus, DeliversInTheOrderOfPublishing) {
  LocalBus bus;
  Inbox inbox(bus, "a.b");
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(bus.publish(news("a.b", std::to_string(i))));
  settle(bus);
  ASSERT_EQ(inbox.bodies.size(), 1000u);
  for (std::size_t i = 0; i < 1000; ++i) EXPECT_EQ(inbox.bodies[i], std::to_string(i));
}

TEST(LocalBus, DeliversToEverySubscriptionThatMatches) {
  LocalBus bus;
  Inbox exact(bus, "a.b"), one(bus, "a.*"), all(bus, ">"), again(bus, "a.b"), other(bus, "a.c");
  ASSERT_TRUE(bus.publish(news("a.b", "1")));
  ASSERT_TRUE(bus.publish(news("a.c", "2")));
  ASSERT_TRUE(bus.publish(news("a.b.c", "3")));
  settle(bus);
  EXPECT_THAT(exact.bodies, ElementsAre("1"));
  EXPECT_THAT(again.bodies, ElementsAre("1"));
  EXPECT_THAT(one.bodies, ElementsAre("1", "2"));
  EXPECT_THAT(other.bodies, ElementsAre("2"));
  EXPECT_THAT(all.bodies, ElementsAre("1", "2", "3", ""));
}

TEST(LocalBus, CarriesHeadersAndBodyUnchanged) {
  LocalBus bus;
  BusMessage got;
  const auto subscription = bus.subscribe("a", [&](const BusMessage& m) { got = m; });
  const BusMessage sent{"a", {{"ce-type", "x"}, {"ce-id", "7"}}, std::string("\0\xff", 2)};
  ASSERT_TRUE(bus.publish(sent));
  settle(bus);
  EXPECT_EQ(got.subject, sent.subject);
  EXPECT_EQ(got.headers, sent.headers);
  EXPECT_EQ(got.body, sent.body);
}

TEST(LocalBus, RefusesMalformedSubjects) {
  LocalBus bus;
  EXPECT_EQ(bus.publish(news("a.*")).error().code, Code::kInvalidArgument);
  EXPECT_EQ(bus.subscribe("a.>.b", [](auto&) {}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(bus.respond("a.*", saying("")).error().code, Code::kInvalidArgument);
  EXPECT_EQ(bus.request(news(""), milliseconds(1)).error().code, Code::kInvalidArgument);
}

TEST(LocalBus, RefusesWhatItsQueueCannotHold) {
  LocalBus bus(2);
  std::promise<void> running, go_on;
  const auto slow = bus.subscribe("slow", [&](auto&) {
    running.set_value();
    go_on.get_future().wait();
  });
  ASSERT_TRUE(bus.publish(news("slow")));
  running.get_future().wait();
  EXPECT_TRUE(bus.publish(news("a")));
  EXPECT_TRUE(bus.publish(news("a")));
  const auto full = bus.publish(news("a"));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::kResourceExhausted);
  EXPECT_THAT(full.error().message, HasSubstr("2 messages wait"));
  go_on.set_value();
}

TEST(LocalBus, RunsNoHandlerAfterItsSubscriptionEnded) {
  LocalBus bus;
  Inbox inbox(bus, "a");
  ASSERT_TRUE(bus.publish(news("a", "1")));
  settle(bus);
  inbox.subscription.reset();
  ASSERT_TRUE(bus.publish(news("a", "2")));
  settle(bus);
  EXPECT_THAT(inbox.bodies, ElementsAre("1"));
}

TEST(LocalBus, WaitsForARunningHandlerWhenItsSubscriptionEnds) {
  LocalBus bus;
  std::promise<void> running, go_on;
  std::atomic<bool> ended = false;
  auto subscription = *bus.subscribe("a", [&](auto&) {
    running.set_value();
    go_on.get_future().wait();
    ended = true;
  });
  ASSERT_TRUE(bus.publish(news("a")));
  running.get_future().wait();
  auto ending = std::async(std::launch::async, [&] {
    subscription.reset();
    return ended.load();
  });
  go_on.set_value();
  EXPECT_TRUE(ending.get());
}

TEST(LocalBus, LetsAHandlerEndItsOwnSubscription) {
  LocalBus bus;
  int runs = 0;
  std::unique_ptr<Bus::Subscription> subscription;
  subscription = *bus.subscribe("a", [&](auto&) {
    ++runs;
    subscription.reset();
  });
  ASSERT_TRUE(bus.publish(news("a")));
  ASSERT_TRUE(bus.publish(news("a")));
  settle(bus);
  EXPECT_EQ(runs, 1);
}

TEST(LocalBus, LetsAHandlerEndTheSubscriptionOfAnother) {
  LocalBus bus;
  std::unique_ptr<Inbox> second;
  const auto first = bus.subscribe("a", [&](auto&) { second->subscription.reset(); });
  second = std::make_unique<Inbox>(bus, "a");
  ASSERT_TRUE(bus.publish(news("a", "1")));
  settle(bus);
  EXPECT_TRUE(second->bodies.empty());
}

TEST(LocalBus, LetsAHandlerPublish) {
  LocalBus bus;
  Inbox inbox(bus, "b");
  const auto relay = bus.subscribe("a", [&](const BusMessage& message) {
    EXPECT_TRUE(bus.publish(news("b", message.body + "!")));
  });
  ASSERT_TRUE(bus.publish(news("a", "x")));
  settle(bus);
  settle(bus);
  EXPECT_THAT(inbox.bodies, ElementsAre("x!"));
}

TEST(LocalBus, OutlivesAHandlerThatThrows) {
  LocalBus bus;
  const auto bad = bus.subscribe("a", [](auto&) { throw std::runtime_error("out of luck"); });
  const auto odd = bus.subscribe("a", [](auto&) { throw 7; });
  Inbox inbox(bus, "a");
  ASSERT_TRUE(bus.publish(news("a", "1")));
  settle(bus);
  EXPECT_THAT(inbox.bodies, ElementsAre("1"));
}

TEST(LocalBus, AnswersARequest) {
  LocalBus bus;
  const auto responder =
      bus.respond("a", [](const BusMessage& m) -> Result<std::string> { return m.body + "?"; });
  const auto refusing =
      bus.respond("b", [](auto&) -> Result<std::string> { return not_found("nothing there"); });
  EXPECT_EQ(*bus.request(news("a", "x"), milliseconds(60'000)), "x?");
  EXPECT_EQ(bus.request(news("b"), milliseconds(60'000)).error(), not_found("nothing there"));
}

TEST(LocalBus, IsUnavailableForASubjectThatNobodyAnswers) {
  LocalBus bus;
  const auto nobody = bus.request(news("a"), milliseconds(60'000));
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, Code::kUnavailable);
  auto responder = *bus.respond("a", saying(""));
  EXPECT_TRUE(bus.request(news("a"), milliseconds(60'000)));
  responder.reset();
  EXPECT_EQ(bus.request(news("a"), milliseconds(60'000)).error().code, Code::kUnavailable);
}

TEST(LocalBus, TakesOneResponderASubject) {
  LocalBus bus;
  auto first = bus.respond("a", saying("first"));
  const auto second = bus.respond("a", saying("second"));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kAlreadyExists);
  EXPECT_EQ(*bus.request(news("a"), milliseconds(60'000)), "first");
  first->reset();
  EXPECT_TRUE(bus.respond("a", saying("third")));
}

TEST(LocalBus, GivesUpARequestAfterItsTimeout) {
  LocalBus bus;
  std::promise<void> go_on;
  std::atomic<int> runs = 0;
  const auto responder = bus.respond("a", [&](auto&) -> Result<std::string> {
    if (++runs == 1) go_on.get_future().wait();
    return std::string("late");
  });
  const auto late = bus.request(news("a"), milliseconds(5));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kDeadlineExceeded);
  EXPECT_EQ(late.error().message, "no answer from 'a' within 5 ms");
  // This one is given up while it still waits behind the first, and is then not served at all.
  EXPECT_EQ(bus.request(news("a"), milliseconds(5)).error().code, Code::kDeadlineExceeded);
  go_on.set_value();
  settle(bus);
  EXPECT_EQ(runs, 1);
}

TEST(LocalBus, TurnsAThrowingResponderIntoInternal) {
  LocalBus bus;
  const auto responder = bus.respond(
      "a", [](auto&) -> Result<std::string> { throw std::runtime_error("out of luck"); });
  EXPECT_EQ(bus.request(news("a"), milliseconds(60'000)).error().code, Code::kInternal);
}

TEST(LocalBus, ServesARequestOfAHandlerAtOnce) {
  LocalBus bus;
  const auto responder = bus.respond("a", saying("inner"));
  std::promise<std::string> answer;
  const auto asking = bus.subscribe(
      "b", [&](auto&) { answer.set_value(*bus.request(news("a"), milliseconds(60'000))); });
  ASSERT_TRUE(bus.publish(news("b")));
  EXPECT_EQ(answer.get_future().get(), "inner");
}

TEST(LocalBus, MayEndBeforeItsSubscriptions) {
  auto bus = std::make_unique<LocalBus>();
  auto subscription = *bus->subscribe("a", [](auto&) {});
  auto responder = *bus->respond("a", saying(""));
  bus.reset();
  subscription.reset();
  responder.reset();
}

}  // namespace
}  // namespace mt
