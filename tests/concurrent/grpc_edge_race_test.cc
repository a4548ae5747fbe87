#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <random>
#include <thread>
#include <vector>

#include "tests/fixture/echo_edge.h"

namespace mt::tests::bus {
namespace {

// What a client may see of a server that is well, or stopping.
bool is_fair(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::OK:
    case grpc::CANCELLED:
    case grpc::UNAVAILABLE:
    case grpc::DEADLINE_EXCEEDED:
    case grpc::RESOURCE_EXHAUSTED:
      return true;
    default:
      return false;
  }
}

// A client that calls, follows, cancels and leaves in an order of its own, until the server goes.
class RestlessClient {
 public:
  RestlessClient(const EchoEdge& edge, unsigned seed, std::latch& begun)
      : channel_(connect(edge.address())), random_(seed) {
    thread_ = std::thread([this, &begun] { run(begun); });
  }
  ~RestlessClient() { thread_.join(); }

  static std::atomic<int> unfair;

 private:
  void run(std::latch& begun) {
    for (int round = 0;; ++round) {
      if (round == 15) begun.count_down();
      const grpc::Status status = step();
      if (!is_fair(status)) ++unfair;
      if (status.error_code() == grpc::UNAVAILABLE && round >= 15) return;
    }
  }

  grpc::Status step() {
    switch (random_() % 6) {
      case 0:
        return call_unary(channel_, echo_name("Work"), "").status;
      case 1:
        return cancelled(echo_name("Work"), 0);
      case 2:
        return cancelled(echo_name("Follow"), random_() % 40);
      case 3:
        return hurried();
      case 4:
        return cancelled("grpc.health.v1.Health/Watch", 1);
      default:
        return call_unary(channel_, echo_name("Ask"), question(1)).status;
    }
  }

  static std::string question(int number) {
    Question request;
    request.set_number(number);
    request.set_ballast(std::string(1000, 'x'));
    return request.SerializeAsString();
  }

  // Reads some, then leaves.
  grpc::Status cancelled(const std::string& method, std::uint64_t after) {
    GenericCall call(channel_, method);
    call.write(method.find("Health") == std::string::npos ? question(0) : "");
    while (after > 0 && call.read()) --after;
    call.cancel();
    return call.finish();
  }

  // Its deadline passes at some moment of the call.
  grpc::Status hurried() {
    GenericCall call(channel_, echo_name("Follow"));
    call.context().set_deadline(std::chrono::system_clock::now() +
                                std::chrono::microseconds(random_() % 5000));
    call.write(question(0));
    while (call.read()) {
    }
    return call.finish();
  }

  std::shared_ptr<grpc::Channel> channel_;
  std::mt19937 random_;
  std::thread thread_;
};

std::atomic<int> RestlessClient::unfair = 0;

TEST(GrpcEdgeRace, StopsWhileClientsCallFollowCancelAndLeave) {
  for (unsigned round = 0; round < 3; ++round) {
    EchoEdge edge;
    constexpr int kClients = 6;
    std::latch begun(kClients);
    std::vector<std::unique_ptr<RestlessClient>> clients;
    for (unsigned i = 0; i < kClients; ++i)
      clients.push_back(std::make_unique<RestlessClient>(edge, round * 100 + i, begun));
    begun.wait();
    edge.edge().stop();
    edge.dispatcher().stop();
    EXPECT_EQ(edge.dispatcher().counts().in_flight, 0u);
  }
  EXPECT_EQ(RestlessClient::unfair, 0);
}

// Handlers answer from threads of their own, at the moment at which the edge gives up on them.
TEST(GrpcEdgeRace, TakesAnswersThatComeWhileItCancels) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> open = 0;
    std::atomic<bool> go = false;
    std::vector<std::thread> answering;
    std::mutex mutex;
    EchoEdge edge([&](Dispatcher& dispatcher) {
      EXPECT_TRUE(dispatcher.add(unary_method("Ask", [&](auto context, auto request, Respond to) {
        const std::lock_guard lock(mutex);
        answering.emplace_back([&go, context, request, to] {
          go.wait(false);
          echo(context, request, to);
        });
        ++open;
        open.notify_all();
      })));
    });
    std::vector<std::thread> callers;
    for (int i = 0; i < 8; ++i)
      callers.emplace_back(
          [&] { EXPECT_TRUE(is_fair(call_unary(edge.channel(), echo_name("Ask"), "").status)); });
    for (int seen = open; seen < 8; seen = open) open.wait(seen);
    std::thread stopping([&] { edge.edge().stop(std::chrono::milliseconds(round % 3)); });
    go = true;
    go.notify_all();
    for (std::thread& caller : callers) caller.join();
    for (std::thread& answer : answering) answer.join();
    stopping.join();
  }
}

}  // namespace
}  // namespace mt::tests::bus
