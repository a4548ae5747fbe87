#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "tests/fixture/echo_edge.h"
#include "tests/fixture/held_calls.h"

namespace mt::tests::bus {
namespace {

using testing::HasSubstr;

TEST(GrpcLimits, RefuseARequestOfMoreThanAMebibyte) {
  EchoEdge edge;
  Question request;
  request.set_ballast(std::string((1 << 20) - 100, 'x'));
  EXPECT_TRUE(edge.call("Ask", request).status.ok());
  request.set_ballast(std::string((1 << 20) + 1, 'x'));
  for (const char* method : {"Ask", "Follow"}) {
    const auto answer = edge.call(method, request);
    EXPECT_EQ(answer.status.error_code(), grpc::RESOURCE_EXHAUSTED) << method;
    EXPECT_THAT(answer.status.error_message(), HasSubstr("larger than max")) << method;
  }
  EXPECT_TRUE(edge.answers());
}

TEST(GrpcLimits, RefuseAnAnswerOfMoreThanClientsTake) {
  EchoEdge edge([](Dispatcher& dispatcher) {
    EXPECT_TRUE(dispatcher.add(unary_method("Work", [](auto, auto, Respond respond) {
      Answer large;
      large.set_ballast(std::string(5 << 20, 'x'));
      respond(Reply{std::make_shared<const Answer>(std::move(large)), {}, {}, {}});
    })));
    EXPECT_TRUE(dispatcher.add(unary_method("Private", [](auto, auto, Respond respond) {
      respond(Reply{nullptr, std::string(5 << 20, 'x'), {}, {}});
    })));
    EXPECT_TRUE(dispatcher.add(unary_method("Ask", echo)));
  });
  const auto answer = edge.call("Work", Question());
  EXPECT_EQ(answer.status.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(answer.status.error_message(), HasSubstr("ask for a smaller page"));
  EXPECT_TRUE(edge.answers());
}

TEST(GrpcLimits, RefuseMetadataBeyondTheirSize) {
  EchoEdge edge;
  for (const std::size_t bytes : {10'000, 100'000}) {
    // gRPC may close the connection as well, so that the client sees no more than that.
    GenericCall call(connect(edge.address()), echo_name("Ask"));
    call.context().AddMetadata("x-ballast", std::string(bytes, 'x'));
    EXPECT_THAT(finish_unary(call, "").status.error_code(),
                testing::AnyOf(grpc::RESOURCE_EXHAUSTED, grpc::UNAVAILABLE));
  }
  EXPECT_TRUE(edge.answers());
}

// A megabyte may unfold to a gigabyte before any limit is looked at.
TEST(GrpcLimits, TakeNoCompressedRequests) {
  EchoEdge edge;
  for (const auto algorithm : {GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
    Question request;
    request.set_ballast(std::string(100'000, 'x'));
    GenericCall call(edge.channel(), echo_name("Ask"));
    call.context().set_compression_algorithm(algorithm);
    EXPECT_EQ(finish_unary(call, request.SerializeAsString()).status.error_code(),
              grpc::UNIMPLEMENTED);
  }
  EXPECT_TRUE(edge.answers());
}

// Many calls at once on one connection.
struct Flood {
  Flood(const EchoEdge& edge, int number) : stub(edge.channel()), calls(number) {
    for (Call& call : calls)
      stub.UnaryCall(&call.context, "/" + echo_name("Work"), {}, &request, &call.response,
                     [this, &call](grpc::Status status) {
                       const std::lock_guard lock(mutex);
                       call.code = status.error_code();
                       ++ended;
                       changed.notify_all();
                     });
  }
  void wait_for(std::size_t number) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ended >= number; });
  }
  long count(grpc::StatusCode code) {
    const std::lock_guard lock(mutex);
    return std::count_if(calls.begin(), calls.end(),
                         [&](const Call& call) { return call.code == code; });
  }

  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer response;
    int code = -1;
  };
  grpc::GenericStub stub;
  grpc::ByteBuffer request = to_buffer("");
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t ended = 0;
  std::vector<Call> calls;
};

TEST(GrpcLimits, AnswerAFloodOfCallsAndGoOn) {
  HeldCalls held;
  DispatcherLimits limits;
  limits.in_flight = 8;
  EchoEdge edge(
      [&](Dispatcher& dispatcher) {
        EXPECT_TRUE(dispatcher.add(unary_method("Work", held.handler())));
        EXPECT_TRUE(dispatcher.add(unary_method("Ask", echo)));
      },
      limits);
  Flood flood(edge, 200);
  flood.wait_for(192);
  held.wait_for(8);
  EXPECT_EQ(flood.count(grpc::RESOURCE_EXHAUSTED), 192);
  held.answer_all();
  flood.wait_for(200);
  EXPECT_EQ(flood.count(grpc::OK), 8);
  EXPECT_TRUE(edge.answers());
}

// Sends bytes that are no HTTP/2 and waits until the server hangs up.
void send_nonsense(const EchoEdge& edge, const std::string& bytes) {
  const std::string address = edge.address();
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{60, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ASSERT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&server), sizeof server), 0);
  send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  char buffer[4096];
  ssize_t got = 1;
  while (got > 0) got = recv(fd, buffer, sizeof buffer, 0);
  EXPECT_TRUE(got == 0 || errno == ECONNRESET) << "the server does not hang up";
  close(fd);
}

TEST(GrpcLimits, OutliveBytesThatAreNoHttp2) {
  EchoEdge edge;
  std::mt19937 random(7);
  std::string noise(5000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  const std::string preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  send_nonsense(edge, noise);
  send_nonsense(edge, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  send_nonsense(edge, preface + noise);
  // Headers of a stream, with a broken header block.
  send_nonsense(edge, preface + std::string("\0\0\0\4\0\0\0\0\0", 9) +
                          std::string("\0\0\5\1\5\0\0\0\1\xff\xff\xff\xff\xff", 14));
  EXPECT_TRUE(edge.answers());
}

}  // namespace
}  // namespace mt::tests::bus
