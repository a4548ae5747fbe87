#include <gtest/gtest.h>

#include <future>

#include "grpc/health/v1/health.pb.h"
#include "tests/fixture/echo_edge.h"
#include "tests/fixture/held_calls.h"
#include "tests/fixture/raw_client.h"

namespace mt::tests::bus {
namespace {

// An edge with a method whose calls the test answers.
struct Given {
  HeldCalls held;
  EchoEdge edge{[this](Dispatcher& dispatcher) {
    EXPECT_TRUE(dispatcher.add(unary_method("Work", held.handler())));
    EXPECT_TRUE(dispatcher.add(unary_method("Ask", echo)));
    EXPECT_TRUE(dispatcher.add(watch_method(follow)));
  }};
};

TEST(GrpcStop, LetsCallsInFlightEnd) {
  Given given;
  GenericCall call(given.edge.channel(), echo_name("Work"));
  ASSERT_TRUE(call.write(""));
  given.held.wait_for(1);
  GenericCall health(given.edge.channel(), "grpc.health.v1.Health/Watch");
  ASSERT_TRUE(health.write(""));
  ASSERT_TRUE(health.read());
  auto stopping = std::async(std::launch::async, [&] { given.edge.edge().stop(); });
  while (health.read()) {  // ends once the stop has begun
  }
  EXPECT_EQ(stopping.wait_for(std::chrono::milliseconds(0)), std::future_status::timeout);
  given.held.answer_all();
  EXPECT_TRUE(call.read());
  EXPECT_TRUE(call.finish().ok());
  stopping.wait();
}

TEST(GrpcStop, CancelsCallsThatOutlastItsPatienceAndTheirHandlersMayAnswerLate) {
  Given given;
  GenericCall call(given.edge.channel(), echo_name("Work"));
  ASSERT_TRUE(call.write(""));
  given.held.wait_for(1);
  given.edge.edge().stop(std::chrono::milliseconds(1));
  EXPECT_FALSE(call.read());
  EXPECT_FALSE(call.finish().ok());
  given.held.answer_all();
}

TEST(GrpcStop, EndsStreamsAtOnce) {
  Given given;
  GenericCall call(given.edge.channel(), echo_name("Follow"));
  ASSERT_TRUE(call.write(""));
  ASSERT_TRUE(call.read());
  auto stopping =
      std::async(std::launch::async, [&] { given.edge.edge().stop(std::chrono::hours(1)); });
  while (call.read()) {
  }
  const auto status = call.finish();
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(status.error_message(), "the server is stopping; try again soon");
  stopping.wait();
}

// gRPC's own shutdown waits for such a client, 20 seconds.
TEST(GrpcStop, WaitsForNoClientThatHasNoCallAndReadsNothing) {
  Given given;
  const RawClient idle(given.edge.address());
  idle.send(kHttp2Preface + kHttp2Settings);
  ASSERT_FALSE(idle.receive().empty());  // its connection is one of gRPC's now
  ASSERT_TRUE(given.edge.answers());
  const auto before = std::chrono::steady_clock::now();
  given.edge.edge().stop(std::chrono::hours(1));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
  idle.wait_until_it_hangs_up();
}

TEST(GrpcStop, LetsCallsInFlightEndBesideClientsThatReadNothing) {
  Given given;
  const RawClient idle(given.edge.address());
  idle.send(kHttp2Preface + kHttp2Settings);
  ASSERT_FALSE(idle.receive().empty());
  GenericCall call(given.edge.channel(), echo_name("Work"));
  ASSERT_TRUE(call.write(""));
  given.held.wait_for(1);
  auto stopping =
      std::async(std::launch::async, [&] { given.edge.edge().stop(std::chrono::hours(1)); });
  ASSERT_FALSE(idle.receive().empty());  // it is told to go: the stop has begun
  EXPECT_EQ(stopping.wait_for(std::chrono::milliseconds(100)), std::future_status::timeout);
  given.held.answer_all();
  EXPECT_TRUE(call.read());
  EXPECT_TRUE(call.finish().ok());
  EXPECT_EQ(stopping.wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

TEST(GrpcStop, AnswersNobodyAfterwards) {
  Given given;
  EXPECT_TRUE(given.edge.answers());
  given.edge.edge().stop();
  EXPECT_FALSE(given.edge.answers());
  given.edge.edge().stop();  // once more is nothing
}

TEST(GrpcStop, OfTheDispatcherAloneMakesCallsUnavailable) {
  Given given;
  given.edge.dispatcher().stop();
  EXPECT_EQ(given.edge.call("Ask", Question()).status.error_code(), grpc::UNAVAILABLE);
}

TEST(GrpcStop, OfAnEdgeThatNeverStartedIsNothing) {
  Dispatcher dispatcher({});
  GrpcEdge edge(dispatcher, EchoEdge::on_free_port());
  edge.stop();
}

}  // namespace
}  // namespace mt::tests::bus
