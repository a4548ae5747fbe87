#include "bus/dispatcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "events/commit_limits.h"
#include "tests/unit/bus/given_dispatcher.h"

namespace mt::tests::bus {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

TEST(Dispatcher, AnswersACall) {
  GivenDispatcher given("Ask", echo);
  const auto reply = given.ask();
  ASSERT_TRUE(reply);
  EXPECT_EQ(answer_of(reply).text(), "hello");
  EXPECT_TRUE(reply->command.value.empty());  // a query has none
}

TEST(Dispatcher, KnowsNoMethodOfAnotherName) {
  GivenDispatcher given("Ask", echo);
  for (const char* name :
       {"", "Ask", "/mt.tests.bus.EchoService/Ask", "mt.tests.bus.EchoService"}) {
    CallInput input;
    input.method = name;
    const auto reply = given.ask(input);
    EXPECT_EQ(code_of(reply), Code::kUnimplemented) << name;
    EXPECT_THAT(reply.error().message, HasSubstr("'" + std::string(name) + "'"));
  }
}

TEST(Dispatcher, CallsNoWatch) {
  Dispatcher dispatcher({});
  EXPECT_TRUE(dispatcher.add(watch_method(follow)));
  dispatcher.start();
  const auto reply = call(dispatcher, to("Follow"), "").get();
  EXPECT_EQ(code_of(reply), Code::kUnimplemented);
  EXPECT_THAT(reply.error().message, HasSubstr("Follow answers with a stream"));
}

TEST(Dispatcher, ExplainsBytesThatAreNoRequest) {
  GivenDispatcher given("Ask", echo);
  const auto reply = call(given.dispatcher, to("Ask"), "\x0a\x02\xff\xff").get();
  ASSERT_EQ(code_of(reply), Code::kInvalidArgument);
  EXPECT_EQ(reply.error().message, "text: is not valid UTF-8 at its byte 0");
  EXPECT_EQ(reply.error().violations.size(), 1u);
}

TEST(Dispatcher, ValidatesBeforeTheHandler) {
  GivenDispatcher given("Tell", [](auto, auto, Respond) { FAIL() << "the handler was called"; });
  const auto reply = given.ask(to("Tell"), change(""));
  ASSERT_EQ(code_of(reply), Code::kInvalidArgument);
  EXPECT_EQ(reply.error().message, "text: is required");
}

TEST(Dispatcher, TakesAMessageOfInProcessCallersAndChecksItTheSame) {
  GivenDispatcher given("Ask", echo);
  const auto ask = [&](std::shared_ptr<const Message> request) {
    return given.dispatcher.call_and_wait(to("Ask"), std::move(request));
  };
  EXPECT_EQ(answer_of(ask(std::make_shared<Question>(question("hi")))).text(), "hi");
  const auto broken = ask(std::make_shared<Question>(question("\xff")));
  ASSERT_EQ(code_of(broken), Code::kInvalidArgument);
  EXPECT_EQ(broken.error().message, "text: is not valid UTF-8 at byte 0");
  EXPECT_EQ(ask(std::make_shared<Change>()).error().message,
            "mt.tests.bus.EchoService/Ask takes a mt.tests.bus.Question, not a "
            "mt.tests.bus.Change");
  EXPECT_EQ(ask(nullptr).error().message,
            "mt.tests.bus.EchoService/Ask takes a mt.tests.bus.Question, not nothing");
}

TEST(Dispatcher, RefusesACallAfterItsDeadline) {
  GivenDispatcher given("Ask", [](auto, auto, Respond) { FAIL() << "the handler was called"; });
  auto input = to("Ask");
  input.deadline = steady_clock::now() - milliseconds(1);
  const auto reply = given.ask(input);
  EXPECT_EQ(code_of(reply), Code::kDeadlineExceeded);
  EXPECT_THAT(reply.error().message, HasSubstr("Ask: the deadline passed"));
}

TEST(Dispatcher, GivesADefaultDeadlineAndCutsALongOne) {
  Seen seen;
  DispatcherLimits limits;
  limits.default_deadline = milliseconds(1000);
  limits.longest_deadline = milliseconds(5000);
  GivenDispatcher given("Ask", seen.handler(), Threading::kInline, limits);
  const auto before = steady_clock::now();
  ASSERT_TRUE(given.ask());
  EXPECT_GE(seen.context.deadline, before + milliseconds(1000));
  EXPECT_LE(seen.context.deadline, steady_clock::now() + milliseconds(1000));

  auto input = to("Ask");
  input.deadline = before + std::chrono::hours(1);
  ASSERT_TRUE(given.ask(input));
  EXPECT_GE(seen.context.deadline, before + milliseconds(5000));
  EXPECT_LE(seen.context.deadline, steady_clock::now() + milliseconds(5000));

  input.deadline = before + milliseconds(3000);
  ASSERT_TRUE(given.ask(input));
  EXPECT_EQ(seen.context.deadline, input.deadline);
}

TEST(Dispatcher, TurnsAThrowingHandlerIntoInternal) {
  for (const Threading threading : {Threading::kInline, Threading::kWorker}) {
    GivenDispatcher given(
        "Ask", [](auto, auto, Respond) { throw std::runtime_error("out of luck"); }, threading);
    const auto reply = given.ask();
    ASSERT_EQ(code_of(reply), Code::kInternal);
    EXPECT_THAT(reply.error().message, HasSubstr("Ask threw: out of luck"));
  }
  GivenDispatcher odd("Ask", [](auto, auto, Respond) { throw 7; });
  EXPECT_EQ(code_of(odd.ask()), Code::kInternal);
}

TEST(Dispatcher, AnswersForAHandlerThatNeverDoes) {
  for (const Threading threading : {Threading::kInline, Threading::kWorker}) {
    GivenDispatcher given(
        "Ask", [](auto, auto, Respond) {}, threading);
    const auto reply = given.ask();
    ASSERT_EQ(code_of(reply), Code::kInternal);
    EXPECT_THAT(reply.error().message, HasSubstr("Ask gave no answer"));
  }
}

TEST(Dispatcher, PassesTheFirstAnswerOnAndNoOther) {
  GivenDispatcher given("Ask", [](auto, auto, Respond respond) {
    respond(aborted("first"));
    respond(Reply{std::make_shared<Answer>(), {}, {}, {}});
    throw std::runtime_error("third");
  });
  EXPECT_EQ(given.ask().error().message, "first");  // a second set_value would throw
}

TEST(Dispatcher, NamesACommandByItsIdempotencyKey) {
  Seen seen;
  GivenDispatcher given("Tell", seen.handler());
  auto input = to("Tell");
  input.idempotency_key = "order-7";
  const auto reply = given.ask(input, change("x"));
  ASSERT_TRUE(reply);
  EXPECT_EQ(seen.context.command.id.value, "anonymous/order-7");
  EXPECT_TRUE(seen.context.command.keyed);
  EXPECT_EQ(reply->command.value, "anonymous/order-7");
}

TEST(Dispatcher, MakesAnIdForACommandWithoutAKey) {
  Seen seen;
  GivenDispatcher given("Tell", seen.handler());
  ASSERT_TRUE(given.ask(to("Tell"), change("x")));
  const std::string first = seen.context.command.id.value;
  EXPECT_EQ(first.size(), 36u);
  EXPECT_FALSE(seen.context.command.keyed);
  ASSERT_TRUE(given.ask(to("Tell"), change("x")));
  EXPECT_NE(seen.context.command.id.value, first);
}

TEST(Dispatcher, RefusesKeysAndCorrelationsThatNoLogCouldHold) {
  GivenDispatcher given("Tell", tell);
  for (const std::string& bad : {std::string(), std::string(129, 'k'), std::string("a\nb"),
                                 std::string("é"), std::string("\0", 1)}) {
    auto input = to("Tell");
    input.idempotency_key = bad;
    const auto reply = given.ask(input, change("x"));
    ASSERT_EQ(code_of(reply), Code::kInvalidArgument) << testing::PrintToString(bad);
    EXPECT_EQ(reply.error().violations[0].field, "idempotency-key");
  }
  auto input = to("Tell");
  input.correlation = std::string(129, 'k');
  EXPECT_EQ(given.ask(input, change("x")).error().violations.at(0).field, "x-correlation-id");
  input.correlation = std::string(128, 'k');
  input.idempotency_key = std::string(128, 'k');
  EXPECT_TRUE(given.ask(input, change("x")));
}

// They would learn of each other's keys, and could take them from each other; and anybody could
// take those of a bootstrap set that is yet to come.
TEST(Dispatcher, GivesTheSameKeyOfTwoCallersTwoIds) {
  Seen seen;
  GivenDispatcher given("Tell", seen.handler());
  const auto id_of = [&](const Caller& caller, const std::string& key) {
    auto input = to("Tell");
    input.caller = caller;
    input.idempotency_key = key;
    EXPECT_TRUE(given.ask(input, change("x")));
    return seen.context.command.id.value;
  };
  const auto account = [](const std::string& id) { return Caller{Caller::Kind::kAccount, id, {}}; };
  EXPECT_EQ(id_of(account("ann"), "k1"), "by/ann/k1");
  EXPECT_EQ(id_of(account("bob"), "k1"), "by/bob/k1");
  EXPECT_EQ(id_of(account("bs"), "demo/1"), "by/bs/demo/1");
  EXPECT_EQ(id_of(Caller::anonymous(), "bs/demo/1"), "anonymous/bs/demo/1");
  EXPECT_EQ(id_of(Caller::operator_here(), "bs/demo/1"), "bs/demo/1");
  EXPECT_EQ(id_of(Caller::system(), "bs/demo/1"), "bs/demo/1");
  const std::string longest(64, 'a');
  EXPECT_LE(id_of(account(longest), std::string(128, 'k')).size(), kMaxCommandIdBytes);
}

TEST(Dispatcher, DigestsACommandWithoutItsSecretsAndWithItsActor) {
  Seen seen;
  GivenDispatcher given("Tell", seen.handler());
  const auto digest = [&](const Change& request, std::optional<Caller> caller) {
    auto input = to("Tell");
    input.caller = std::move(caller);
    EXPECT_TRUE(given.ask(input, request));
    return seen.context.command.digest;
  };
  Change secret = change("x");
  secret.set_password("p");
  const auto plain = digest(change("x"), {});
  EXPECT_NE(plain, Digest{});
  EXPECT_EQ(digest(secret, {}), plain);
  EXPECT_NE(digest(change("y"), {}), plain);
  EXPECT_NE(digest(change("x"), Caller::operator_here()), plain);
}

TEST(Dispatcher, HandsOnActorCorrelationAndCausation) {
  Seen seen;
  GivenDispatcher given("Tell", seen.handler());
  auto input = to("Tell");
  input.caller = Caller::system();
  input.correlation = "journey-1";
  input.causation = "event-9";
  ASSERT_TRUE(given.ask(input, change("x")));
  EXPECT_EQ(seen.context.origin.actor, "system");
  EXPECT_EQ(seen.context.origin.correlation, "journey-1");
  EXPECT_EQ(seen.context.origin.causation, "event-9");
  ASSERT_TRUE(given.ask(to("Tell"), change("x")));
  EXPECT_EQ(seen.context.origin.actor, "anonymous");
  EXPECT_EQ(seen.context.origin.correlation, seen.context.command.id.value);
}

class OneToken final : public Authenticator {
 public:
  Result<Caller> authenticate(std::string_view token) const override {
    if (token != "good") return unauthenticated("the token has expired");
    return Caller{Caller::Kind::kAccount, "ada", {}};
  }
};

TEST(Dispatcher, LearnsTheCallerFromTheToken) {
  Seen seen;
  Dispatcher dispatcher({});
  EXPECT_TRUE(dispatcher.add(unary_method("Private", seen.handler())));
  dispatcher.set_authenticator(std::make_shared<OneToken>());
  dispatcher.start();
  auto input = to("Private");
  EXPECT_EQ(code_of(call(dispatcher, input, "").get()), Code::kUnauthenticated);
  input.token = "bad";
  EXPECT_EQ(call(dispatcher, input, "").get().error().message, "the token has expired");
  input.token = "good";
  EXPECT_TRUE(call(dispatcher, input, "").get());
  EXPECT_EQ(seen.context.caller.account_id, "ada");
  input.caller = Caller::operator_here();  // who shows a token wants to be taken for its account
  EXPECT_TRUE(call(dispatcher, input, "").get());
  EXPECT_EQ(seen.context.origin.actor, "ada");
}

TEST(Dispatcher, RefusesABadTokenOnPublicMethodsToo) {
  GivenDispatcher given("Ask", echo);
  auto input = to("Ask");
  input.token = "bad";
  const auto reply = given.ask(input);
  EXPECT_EQ(code_of(reply), Code::kUnauthenticated);
  EXPECT_EQ(reply.error().message, "this server takes no tokens; call without one");
}

TEST(Dispatcher, ReadsNothingOfARequestWhoseCallerMayNotCall) {
  GivenDispatcher given("Private", echo);
  EXPECT_EQ(code_of(call(given.dispatcher, to("Private"), "\xff\xff").get()),
            Code::kUnauthenticated);
}

}  // namespace
}  // namespace mt::tests::bus
