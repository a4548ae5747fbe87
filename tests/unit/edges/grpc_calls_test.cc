#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/fixture/echo_edge.h"
#include "tests/fixture/held_calls.h"

namespace mt::tests::bus {
namespace {

using testing::HasSubstr;

Question question(const std::string& text) {
  Question request;
  request.set_text(text);
  return request;
}

Change change(const std::string& text) {
  Change request;
  request.set_text(text);
  return request;
}

template <typename T>
T parsed(const std::string& bytes) {
  T message;
  EXPECT_TRUE(message.ParseFromString(bytes));
  return message;
}

TEST(GrpcCalls, CarryARequestAndItsAnswer) {
  EchoEdge edge;
  for (const char* method : {"Ask", "Work"}) {
    Question request = question("héllo");
    request.set_ballast(std::string(200'000, '\xff'));
    const auto answer = edge.call(method, request);
    ASSERT_TRUE(answer.status.ok()) << answer.status.error_message();
    EXPECT_EQ(parsed<Answer>(answer.bytes).SerializeAsString(),
              answer_to(request).SerializeAsString());
  }
}

TEST(GrpcCalls, CarryAnEmptyRequest) {
  EchoEdge edge;
  const auto answer = call_unary(edge.channel(), echo_name("Ask"), "");
  EXPECT_TRUE(answer.status.ok());
  EXPECT_EQ(answer.bytes, "");
}

TEST(GrpcCalls, OfUnknownMethodsAreUnimplemented) {
  EchoEdge edge;
  for (const char* name : {"mt.tests.bus.EchoService/Nothing", "nothing", "a.B/", "/"}) {
    const auto answer = call_unary(edge.channel(), name, "");
    EXPECT_EQ(answer.status.error_code(), grpc::UNIMPLEMENTED) << name;
    EXPECT_THAT(answer.status.error_message(), HasSubstr("no method '"));
  }
  EXPECT_TRUE(edge.answers());
}

TEST(GrpcCalls, ExplainBytesThatAreNoRequest) {
  EchoEdge edge;
  const auto answer = call_unary(edge.channel(), echo_name("Ask"), "\x0a\x05hi");
  EXPECT_EQ(answer.status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(answer.status.error_message(), "text: is longer than the message has bytes, at byte 1");
  EXPECT_TRUE(edge.answers());
}

TEST(GrpcCalls, NameEveryBrokenFieldInTheDetails) {
  EchoEdge edge;
  Change request = change("");
  request.set_id("No Identifier");
  const auto answer = edge.call("Tell", request);
  ASSERT_EQ(answer.status.error_code(), grpc::INVALID_ARGUMENT);
  const auto status = parsed<google::rpc::Status>(answer.status.error_details());
  EXPECT_EQ(status.code(), grpc::INVALID_ARGUMENT);
  EXPECT_EQ(status.message(), answer.status.error_message());
  ASSERT_EQ(status.details_size(), 1);
  google::rpc::BadRequest details;
  ASSERT_TRUE(status.details(0).UnpackTo(&details));
  ASSERT_EQ(details.field_violations_size(), 2);
  EXPECT_EQ(details.field_violations(0).field(), "id");
  EXPECT_EQ(details.field_violations(1).field(), "text");
  EXPECT_EQ(details.field_violations(1).description(), "is required");
}

TEST(GrpcCalls, TellWhereACommandsEventsAre) {
  EchoEdge edge;
  GenericCall call(edge.channel(), echo_name("Tell"));
  ASSERT_TRUE(finish_unary(call, change("x").SerializeAsString()).status.ok());
  EXPECT_EQ(call.trailer("mt-position"), "mod_echo=7");
  EXPECT_EQ(call.trailer("mt-command-id").size(), 36u);
  EXPECT_EQ(call.trailer("mt-repeated"), "");

  GenericCall keyed(edge.channel(), echo_name("Tell"));
  keyed.context().AddMetadata("idempotency-key", "order-7");
  ASSERT_TRUE(finish_unary(keyed, change("x").SerializeAsString()).status.ok());
  EXPECT_EQ(keyed.trailer("mt-command-id"), "anonymous/order-7");
  EXPECT_EQ(keyed.trailer("mt-repeated"), "true");

  GenericCall query(edge.channel(), echo_name("Ask"));
  ASSERT_TRUE(finish_unary(query, "").status.ok());
  EXPECT_EQ(query.trailer("mt-position"), "");
  EXPECT_EQ(query.trailer("mt-command-id"), "");
}

TEST(GrpcCalls, SendAStoredReplyAsItIs) {
  EchoEdge edge([](Dispatcher& dispatcher) {
    EXPECT_TRUE(dispatcher.add(unary_method("Ask", [](auto, auto, Respond respond) {
      respond(Reply{nullptr, question("stored").SerializeAsString(), {}, {}});
    })));
  });
  EXPECT_EQ(parsed<Question>(edge.call("Ask", Question()).bytes).text(), "stored");
}

TEST(GrpcCalls, HandOnTheCorrelation) {
  std::string correlation;
  EchoEdge edge([&](Dispatcher& dispatcher) {
    EXPECT_TRUE(dispatcher.add(unary_method(
        "Ask", [&](std::shared_ptr<const CallContext> context, auto request, Respond respond) {
          correlation = context->origin.correlation;
          echo(context, request, std::move(respond));
        })));
  });
  GenericCall call(edge.channel(), echo_name("Ask"));
  call.context().AddMetadata("x-correlation-id", "journey-1");
  ASSERT_TRUE(finish_unary(call, "").status.ok());
  EXPECT_EQ(correlation, "journey-1");
}

// Knows one token.
class OneToken final : public Authenticator {
 public:
  Result<Caller> authenticate(std::string_view token) const override {
    if (token != "good") return unauthenticated("the token has expired");
    return Caller{Caller::Kind::kAccount, "ada", {}};
  }
};

grpc::Status call_with(const EchoEdge& edge, const std::optional<std::string>& authorization) {
  GenericCall call(edge.channel(), echo_name("Private"));
  if (authorization) call.context().AddMetadata("authorization", *authorization);
  return finish_unary(call, "").status;
}

TEST(GrpcCalls, TakeTheCallerFromTheBearerToken) {
  EchoEdge edge([](Dispatcher& dispatcher) {
    dispatcher.set_authenticator(std::make_shared<OneToken>());
    add_echo_methods(dispatcher);
  });
  EXPECT_TRUE(call_with(edge, "Bearer good").ok());
  EXPECT_TRUE(call_with(edge, "bearer good").ok());
  const std::map<std::optional<std::string>, const char*> refused = {
      {std::nullopt, "needs a signed-in caller"},     {"Bearer bad", "the token has expired"},
      {"Bearer ", "must be 'Bearer <token>'"},        {"good", "must be 'Bearer <token>'"},
      {"Basic Z29vZA==", "must be 'Bearer <token>'"}, {"", "must be 'Bearer <token>'"},
  };
  for (const auto& [authorization, says] : refused) {
    const auto status = call_with(edge, authorization);
    EXPECT_EQ(status.error_code(), grpc::UNAUTHENTICATED) << authorization.value_or("none");
    EXPECT_THAT(status.error_message(), HasSubstr(says));
  }
}

TEST(GrpcCalls, EndAtTheClientsDeadlineAndTheHandlerMayAnswerLate) {
  HeldCalls held;
  EchoEdge edge([&](Dispatcher& dispatcher) {
    EXPECT_TRUE(dispatcher.add(unary_method("Work", held.handler())));
    EXPECT_TRUE(dispatcher.add(unary_method("Ask", echo)));
  });
  GenericCall call(edge.channel(), echo_name("Work"));
  call.context().set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  EXPECT_EQ(finish_unary(call, "").status.error_code(), grpc::DEADLINE_EXCEEDED);
  held.wait_for(1);
  held.answer_all();
  EXPECT_TRUE(edge.answers());
}

TEST(GrpcCalls, KnowTheDeadlineOfTheirClient) {
  std::promise<std::chrono::steady_clock::time_point> told;
  EchoEdge edge([&](Dispatcher& dispatcher) {
    EXPECT_TRUE(dispatcher.add(unary_method(
        "Ask", [&](std::shared_ptr<const CallContext> context, auto request, Respond respond) {
          told.set_value(context->deadline);
          echo(context, request, std::move(respond));
        })));
  });
  GenericCall call(edge.channel(), echo_name("Ask"));
  call.context().set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(100));
  EXPECT_TRUE(finish_unary(call, "").status.ok());
  const auto left = told.get_future().get() - std::chrono::steady_clock::now();
  EXPECT_GT(left, std::chrono::seconds(50));
  EXPECT_LE(left, std::chrono::seconds(101));
}

TEST(GrpcCalls, EndWhenTheirClientCancelsThem) {
  HeldCalls held;
  EchoEdge edge([&](Dispatcher& dispatcher) {
    EXPECT_TRUE(dispatcher.add(unary_method("Work", held.handler())));
    EXPECT_TRUE(dispatcher.add(unary_method("Ask", echo)));
  });
  GenericCall call(edge.channel(), echo_name("Work"));
  ASSERT_TRUE(call.write(""));
  held.wait_for(1);
  call.cancel();
  EXPECT_EQ(call.finish().error_code(), grpc::CANCELLED);
  held.answer_all();
  EXPECT_TRUE(edge.answers());
}

TEST(GrpcCalls, WithoutARequestMessageAreRefused) {
  EchoEdge edge;
  for (const char* method : {"Ask", "Follow"}) {
    GenericCall call(edge.channel(), echo_name(method));
    call.end_requests();
    EXPECT_FALSE(call.read()) << method;
    const auto status = call.finish();
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << method;
    EXPECT_EQ(status.error_message(), "the call carried no request message") << method;
  }
}

TEST(GrpcCalls, CancelledBeforeTheirRequestLeaveNothingBehind) {
  EchoEdge edge;
  for (const char* method : {"Ask", "Follow", "grpc.health.v1.Health/Watch"}) {
    GenericCall call(edge.channel(), echo_name(method));
    call.context().set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(20));
    EXPECT_FALSE(call.read());
    EXPECT_FALSE(call.finish().ok());
  }
  EXPECT_TRUE(edge.answers());
}

}  // namespace
}  // namespace mt::tests::bus
