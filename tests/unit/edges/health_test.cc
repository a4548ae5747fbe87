#include <gtest/gtest.h>

#include <future>

#include "grpc/health/v1/health.pb.h"
#include "tests/fixture/echo_edge.h"

namespace mt::tests::bus {
namespace {

using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;

constexpr char kCheck[] = "grpc.health.v1.Health/Check";
constexpr char kWatch[] = "grpc.health.v1.Health/Watch";

std::string of(const std::string& service) {
  HealthCheckRequest request;
  request.set_service(service);
  return request.SerializeAsString();
}

HealthCheckResponse::ServingStatus state(const std::string& bytes) {
  HealthCheckResponse response;
  EXPECT_TRUE(response.ParseFromString(bytes));
  return response.status();
}

TEST(Health, ServesTheServerAndEachOfItsServices) {
  EchoEdge edge;
  for (const char* service : {"", "mt.tests.bus.EchoService"}) {
    const auto answer = call_unary(edge.channel(), kCheck, of(service));
    ASSERT_TRUE(answer.status.ok()) << service;
    EXPECT_EQ(state(answer.bytes), HealthCheckResponse::SERVING) << service;
  }
}

TEST(Health, KnowsNoOtherService) {
  EchoEdge edge;
  const auto answer = call_unary(edge.channel(), kCheck, of("a.B"));
  EXPECT_EQ(answer.status.error_code(), grpc::NOT_FOUND);
  EXPECT_EQ(answer.status.error_message(), "no service 'a.B'");
}

TEST(Health, ExplainsBytesThatAreNoRequest) {
  EchoEdge edge;
  for (const char* method : {kCheck, kWatch})
    EXPECT_EQ(call_unary(edge.channel(), method, "\x0a\x01\xff").status.error_code(),
              grpc::INVALID_ARGUMENT)
        << method;
}

TEST(Health, TellsThoseWhoWatchThatItStops) {
  EchoEdge edge;
  GenericCall watch(edge.channel(), kWatch);
  ASSERT_TRUE(watch.write(of("mt.tests.bus.EchoService")));
  ASSERT_TRUE(watch.end_requests());
  EXPECT_EQ(state(watch.read().value()), HealthCheckResponse::SERVING);
  auto stopping = std::async(std::launch::async, [&] { edge.edge().stop(); });
  EXPECT_EQ(state(watch.read().value()), HealthCheckResponse::NOT_SERVING);
  EXPECT_FALSE(watch.read());
  EXPECT_EQ(watch.finish().error_code(), grpc::UNAVAILABLE);
  stopping.wait();
}

TEST(Health, LetsAnUnknownServiceBeWatched) {
  EchoEdge edge;
  GenericCall watch(edge.channel(), kWatch);
  ASSERT_TRUE(watch.write(of("a.B")));
  EXPECT_EQ(state(watch.read().value()), HealthCheckResponse::SERVICE_UNKNOWN);
}

TEST(Health, ForgetsThoseWhoLeft) {
  EchoEdge edge;
  for (int i = 0; i < 50; ++i) {
    GenericCall watch(edge.channel(), kWatch);
    ASSERT_TRUE(watch.write(of("")));
    EXPECT_EQ(state(watch.read().value()), HealthCheckResponse::SERVING);
  }  // each leaves here
  EXPECT_TRUE(edge.answers());
}

}  // namespace
}  // namespace mt::tests::bus
