#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "grpc/reflection/v1/reflection.pb.h"
#include "tests/fixture/echo_edge.h"
#include "tests/fixture/held_calls.h"
#include "tests/fixture/raw_client.h"

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

// How often an opening is let in, and what the first that is not is answered.
struct Openings {
  int let_in = 0;
  grpc::Status refusal;
};

// Opens calls one after another, until one is refused, and keeps them open.
Openings open_until_refused(const std::shared_ptr<grpc::Channel>& channel,
                            const std::string& method, const std::string& request,
                            std::vector<std::unique_ptr<GenericCall>>& open) {
  Openings openings;
  for (;; ++openings.let_in) {
    auto call = std::make_unique<GenericCall>(channel, method);
    call->write(request);
    if (!call->read()) {
      openings.refusal = call->finish();
      return openings;
    }
    open.push_back(std::move(call));
  }
}

std::string of_services() {
  grpc::reflection::v1::ServerReflectionRequest request;
  request.set_list_services("*");
  return request.SerializeAsString();
}

// Whoever wants to may open these, without a word to the dispatcher and its admission.
TEST(GrpcLimits, BoundTheHealthWatchesAndTheReflectionsOfAllConnections) {
  struct Case {
    const char* method;
    std::string request;
    const char* refusal;
  };
  const Case cases[] = {
      {"grpc.health.v1.Health/Watch", "", "too many health watches are open, the limit is 5"},
      {"grpc.reflection.v1.ServerReflection/ServerReflectionInfo", of_services(),
       "too many reflections are open, the limit is 5"},
  };
  GrpcSettings settings = EchoEdge::on_free_port();
  settings.max_side_streams = 5;
  EchoEdge edge(add_echo_methods, {}, std::move(settings));
  for (const Case& kind : cases) {
    std::vector<std::unique_ptr<GenericCall>> open;
    const auto first = open_until_refused(edge.channel(), kind.method, kind.request, open);
    EXPECT_EQ(first.let_in, 5) << kind.method;
    EXPECT_EQ(first.refusal.error_code(), grpc::RESOURCE_EXHAUSTED);
    EXPECT_THAT(first.refusal.error_message(), HasSubstr(kind.refusal));
    const auto other = open_until_refused(connect(edge.address()), kind.method, kind.request, open);
    EXPECT_EQ(other.let_in, 0) << kind.method;
    EXPECT_TRUE(call_unary(edge.channel(), "grpc.health.v1.Health/Check", "").status.ok());
    EXPECT_TRUE(edge.answers());
    open.clear();
    while (open_until_refused(edge.channel(), kind.method, kind.request, open).let_in == 0)
      std::this_thread::yield();
  }
}

// A call whose request does not come is not yet one of the dispatcher's.
TEST(GrpcLimits, BoundTheCallsWhoseRequestHasNotCome) {
  GrpcSettings settings = EchoEdge::on_free_port();
  settings.max_open_calls = 3;
  EchoEdge edge(add_echo_methods, {}, std::move(settings));
  std::vector<std::unique_ptr<GenericCall>> silent;
  for (int i = 0; i < 3; ++i) {
    silent.push_back(std::make_unique<GenericCall>(connect(edge.address()), echo_name("Ask")));
    ASSERT_TRUE(silent.back()->start());
  }
  UnaryAnswer refused;
  do {  // until all three have arrived
    refused = edge.call("Ask", Question());
  } while (refused.status.ok());
  EXPECT_EQ(refused.status.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("too many calls are open, the limit is 3"));
  silent.pop_back();
  while (!edge.answers()) std::this_thread::yield();
}

TEST(GrpcLimits, OutliveBytesThatAreNoHttp2) {
  EchoEdge edge;
  std::mt19937 random(7);
  std::string noise(5000, '\0');
  for (char& c : noise) c = static_cast<char>(random());
  const auto send_nonsense = [&](const std::string& bytes) {
    const RawClient client(edge.address());
    client.send(bytes);
    client.wait_until_it_hangs_up();
  };
  send_nonsense(noise);
  send_nonsense("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  send_nonsense(kHttp2Preface + noise);
  // Headers of a stream, with a broken header block.
  send_nonsense(kHttp2Preface + kHttp2Settings +
                std::string("\0\0\5\1\5\0\0\0\1\xff\xff\xff\xff\xff", 14));
  EXPECT_TRUE(edge.answers());
}

}  // namespace
}  // namespace mt::tests::bus
