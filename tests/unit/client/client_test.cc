#include "ops/client/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <thread>

#include "tests/proto/client_echo.pb.h"
#include "tests/unit/client/echo_node.h"

namespace mt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::client::EchoRequest;
using tests::client::EchoResponse;

std::string method(const std::string& name) { return "mt.tests.client.EchoService/" + name; }

EchoRequest say(const std::string& text, std::uint64_t number = 0) {
  EchoRequest request;
  request.set_text(text);
  request.set_number(number);
  return request;
}

class ClientTest : public testing::Test {
 protected:
  EchoNode node_;
  Client client_ = Client::connect(node_.port_target());
};

TEST_F(ClientTest, CallsWithMessages) {
  const auto answer = client_.call<EchoResponse>(method("Echo"), say("hello", 42));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->text(), "hello");
  EXPECT_EQ(answer->number(), 42u);
}

TEST_F(ClientTest, CallsWithBytes) {
  const auto answer = client_.call(method("Echo"), say("hello").SerializeAsString());
  ASSERT_TRUE(answer) << answer.error().message;
  EchoResponse response;
  ASSERT_TRUE(response.ParseFromString(*answer));
  EXPECT_EQ(response.text(), "hello");
}

TEST_F(ClientTest, TellsWhatBecameOfACommand) {
  CallOptions options;
  options.idempotency_key = "key-1";
  options.correlation = "from-a-test";
  CallOutcome outcome;
  ASSERT_TRUE(client_.call<EchoResponse>(method("Store"), say("x"), options, &outcome));
  EXPECT_EQ(outcome.module.value, "mod_echo");
  EXPECT_EQ(outcome.position.value, 7u);
  EXPECT_EQ(outcome.command.value, "anonymous/key-1");
  EXPECT_FALSE(outcome.repeated);
  EXPECT_EQ(node_.last_correlation(), "from-a-test");

  ASSERT_TRUE(client_.call<EchoResponse>(method("Store"), say("again"), options, &outcome));
  EXPECT_TRUE(outcome.repeated);
}

TEST_F(ClientTest, NamesEveryFieldThatIsWrong) {
  const auto answer = client_.call<EchoResponse>(method("Echo"), say("", 100001));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::kInvalidArgument);
  std::vector<std::string> fields;
  for (const auto& violation : answer.error().violations) fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre("text", "number"));
}

TEST_F(ClientTest, PassesOnRefusals) {
  EXPECT_EQ(client_.call(method("Nothing"), "").error().code, Code::kUnimplemented);
  EXPECT_EQ(client_.call(method("Guarded"), say("x").SerializeAsString()).error().code,
            Code::kUnauthenticated);
}

TEST_F(ClientTest, IsTheOperatorOnTheSocketUnlessItHasAToken) {
  const Client local = Client::connect(node_.socket_target());
  EXPECT_TRUE(local.call<EchoResponse>(method("Guarded"), say("x")));
  CallOptions options;
  options.token = "of somebody";
  const auto answer = local.call<EchoResponse>(method("Guarded"), say("x"), options);
  EXPECT_EQ(answer.error().code, Code::kUnauthenticated);
}

TEST_F(ClientTest, GivesUpAtTheDeadline) {
  CallOptions options;
  options.deadline = std::chrono::milliseconds(50);
  const auto answer = client_.call<EchoResponse>(method("Hold"), say("x"), options);
  EXPECT_EQ(answer.error().code, Code::kDeadlineExceeded);
}

TEST_F(ClientTest, GivesUpWhenItIsAskedTo) {
  std::stop_source stop;
  CallOptions options;
  options.stop = stop.get_token();
  std::thread asker([&] {
    node_.wait_until_held(1);
    stop.request_stop();
  });
  const auto answer = client_.call<EchoResponse>(method("Hold"), say("x"), options);
  asker.join();
  EXPECT_EQ(answer.error().code, Code::kCancelled);
}

TEST_F(ClientTest, ReadsAStreamToItsEnd) {
  std::vector<std::uint64_t> numbers;
  const auto ended =
      client_.watch<EchoResponse>(method("Count"), say("x", 3), [&](const EchoResponse& response) {
        numbers.push_back(response.number());
        return true;
      });
  EXPECT_TRUE(ended) << ended.error().message;
  EXPECT_THAT(numbers, ElementsAre(1, 2, 3));
}

TEST_F(ClientTest, ReadsAStreamThatEndsWithARefusal) {
  int messages = 0;
  const auto ended = client_.watch<EchoResponse>(method("Count"), say("refuse", 2),
                                                 [&](const auto&) { return ++messages > 0; });
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kNotFound);
  EXPECT_EQ(ended.error().message, "no such thing");
  EXPECT_EQ(messages, 2);
}

TEST_F(ClientTest, SaysWhyAStreamDidNotBegin) {
  const auto ended =
      client_.watch<EchoResponse>(method("Count"), say("", 2), [](const auto&) { return true; });
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().code, Code::kInvalidArgument);
  ASSERT_EQ(ended.error().violations.size(), 1u);
  EXPECT_EQ(ended.error().violations[0].field, "text");
}

TEST_F(ClientTest, LeavesAStream) {
  int messages = 0;
  const auto ended = client_.watch<EchoResponse>(method("Forever"), say("x"),
                                                 [&](const auto&) { return ++messages < 3; });
  EXPECT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(messages, 3);
  node_.wait_until_left();
}

TEST_F(ClientTest, KeepsManyCallsInFlight) {
  constexpr std::size_t kCalls = 128;
  std::promise<void> all;
  std::atomic<std::size_t> answered = 0;
  std::atomic<std::size_t> unavailable = 0;
  std::optional<EchoNode> node(std::in_place);
  const Client client = Client::connect(node->port_target());
  for (std::size_t i = 0; i < kCalls; ++i)
    client.call_async(method("Hold"), say("x").SerializeAsString(), {},
                      [&](const Result<std::string>& answer, const CallOutcome&) {
                        if (!answer && answer.error().code == Code::kUnavailable) ++unavailable;
                        if (++answered == kCalls) all.set_value();
                      });
  node->wait_until_held(kCalls);
  EXPECT_EQ(answered, 0u);
  node.reset();
  all.get_future().wait();
  EXPECT_EQ(unavailable, kCalls);
}

// What a call holds was once let go of by gRPC's thread for answers, which then ended itself.
TEST(Client, MayEndAsSoonAsItIsAnswered) {
  EchoNode node;
  for (int i = 0; i < 200; ++i) {
    std::promise<void> answered;
    const Client client = Client::connect(node.port_target());
    client.call_async(method("Echo"), say("x").SerializeAsString(), {},
                      [&](const Result<std::string>& answer, const CallOutcome&) {
                        EXPECT_TRUE(answer);
                        answered.set_value();
                      });
    answered.get_future().wait();
  }
}

TEST(Client, CancelsWhatIsNotAnsweredWhenItEnds) {
  EchoNode node;
  std::optional<Code> code;
  {
    const Client client = Client::connect(node.port_target());
    client.call_async(method("Hold"), say("x").SerializeAsString(), {},
                      [&](const Result<std::string>& answer, const CallOutcome&) {
                        code = answer ? Code::kOk : answer.error().code;
                      });
    node.wait_until_held(1);
  }
  EXPECT_EQ(code, Code::kCancelled);
}

TEST(Client, SaysThatNobodyAnswersAndFindsANodeThatStartsLater) {
  const test::TempFolder folder;
  const std::string path = (folder.path() / "mt.sock").string();
  const Client client = Client::connect("unix:" + path);
  EXPECT_EQ(client.call(method("Echo"), "").error().code, Code::kUnavailable);
  EXPECT_EQ(client.wait_until_connected(std::chrono::milliseconds(50)).error().code,
            Code::kUnavailable);

  const EchoNode node(path);
  ASSERT_TRUE(client.wait_until_connected(std::chrono::seconds(30)));
  EXPECT_TRUE(client.call<EchoResponse>(method("Echo"), say("x")));
}

}  // namespace
}  // namespace mt
