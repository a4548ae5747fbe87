#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "bus/local_bus.h"

namespace mt {
namespace {

// Publishes numbered news until it is told to end; a full queue is tried again.
void publish_numbers(Bus& bus, const std::string& subject, const std::atomic<bool>& end) {
  for (int number = 1; !end;) {
    if (bus.publish({subject, {}, std::to_string(number)}))
      ++number;
    else
      std::this_thread::yield();
  }
}

TEST(LocalBusRace, KeepsEachPublishersOrderWhileSubscriptionsComeAndGo) {
  LocalBus bus(64);
  std::atomic<bool> end = false;
  std::vector<std::thread> publishers;
  for (const char* subject : {"news.a", "news.b", "news.c"})
    publishers.emplace_back([&, subject] { publish_numbers(bus, subject, end); });
  std::vector<std::thread> subscribers;
  std::atomic<int> heard = 0, disorder = 0, late = 0;
  for (int i = 0; i < 4; ++i)
    subscribers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        auto over = std::make_shared<std::atomic<bool>>(false);
        std::map<std::string, int> last;
        auto subscription = *bus.subscribe("news.*", [&, over](const BusMessage& message) {
          if (*over) ++late;
          const int number = std::stoi(message.body);
          int& before = last[message.subject];
          if (before != 0 && number != before + 1) ++disorder;
          before = number;
          ++heard;
        });
        for (const int until = heard + 5; heard < until;) std::this_thread::yield();
        subscription.reset();
        *over = true;
      }
    });
  for (std::thread& subscriber : subscribers) subscriber.join();
  end = true;
  for (std::thread& publisher : publishers) publisher.join();
  EXPECT_EQ(disorder, 0);
  EXPECT_EQ(late, 0);
}

TEST(LocalBusRace, AnswersRequestsWhileResponderComesAndGoes) {
  LocalBus bus;
  std::atomic<bool> end = false;
  std::atomic<int> answered = 0, wrong = 0;
  std::vector<std::thread> askers;
  for (int i = 0; i < 3; ++i)
    askers.emplace_back([&, i] {
      const std::string body = std::to_string(i);
      while (!end) {
        const auto answer = bus.request({"ask", {}, body}, std::chrono::seconds(60));
        if (answer ? *answer != body : answer.error().code != Code::kUnavailable) ++wrong;
        if (answer) ++answered;
      }
    });
  for (int round = 0; round < 100; ++round) {
    const auto responder =
        bus.respond("ask", [](const BusMessage& message) { return message.body; });
    ASSERT_TRUE(responder);
    for (const int until = answered + 3; answered < until;) std::this_thread::yield();
  }
  end = true;
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(wrong, 0);
}

TEST(LocalBusRace, EndsWhileItsSubscriptionsEnd) {
  for (int round = 0; round < 200; ++round) {
    auto bus = std::make_unique<LocalBus>();
    auto subscription = *bus->subscribe("a", [](auto&) {});
    auto responder = *bus->respond("b", [](const BusMessage& m) { return m.body; });
    ASSERT_TRUE(bus->publish({"a", {}, ""}));
    auto other = std::async(std::launch::async, [&] {
      subscription.reset();
      responder.reset();
    });
    bus.reset();
    other.wait();
  }
}

}  // namespace
}  // namespace mt
