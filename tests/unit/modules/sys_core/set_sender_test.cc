#include "modules/sys_core/server/set_sender.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "events/base/check.h"
#include "tests/proto/client_echo.pb.h"

namespace mt::sys_core {
namespace {

namespace echo = ::mt::tests::client;

constexpr const char* kStore = "mt.tests.client.EchoService/Store";
constexpr const char* kEcho = "mt.tests.client.EchoService/Echo";

// A dispatcher whose methods answer when the test says so.
class Desk {
 public:
  Desk() {
    add("Store");
    add("Echo");
    dispatcher_.start();
  }
  ~Desk() {
    answer_all();
    dispatcher_.stop();
  }

  Dispatcher& dispatcher() { return dispatcher_; }

  // From now on calls are answered as they come.
  void answer_at_once(std::function<Result<Reply>(const std::string& text)> answer) {
    const std::lock_guard lock(mutex_);
    at_once_ = std::move(answer);
  }
  void wait_for_waiting(std::size_t calls) {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return waiting_.size() >= calls; });
  }
  void answer_first() {
    Respond respond;
    {
      const std::lock_guard lock(mutex_);
      respond = std::move(waiting_.front());
      waiting_.pop_front();
    }
    respond(done());
  }
  void answer_all() {
    while (in_flight() > 0) answer_first();
  }
  std::size_t in_flight() {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }
  // The most calls that ever waited at once, of all methods and of those beside an Echo.
  std::size_t most_in_flight() {
    const std::lock_guard lock(mutex_);
    return most_;
  }
  std::vector<std::size_t> beside_echo() {
    const std::lock_guard lock(mutex_);
    return beside_echo_;
  }
  std::vector<CallContext> calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }

  static Reply done(bool repeated = false) {
    Reply reply;
    reply.message = std::make_shared<const echo::EchoResponse>();
    reply.repeated = repeated;
    return reply;
  }

 private:
  void add(const std::string& name) {
    Method method;
    method.descriptor = echo::EchoRequest::descriptor()
                            ->file()
                            ->FindServiceByName("EchoService")
                            ->FindMethodByName(name);
    method.module = {"test"};
    method.unary = [this, name](std::shared_ptr<const CallContext> call,
                                std::shared_ptr<const Message> request, Respond respond) {
      take(name, *call, static_cast<const echo::EchoRequest&>(*request), std::move(respond));
    };
    check(dispatcher_.add(std::move(method)).has_value(), "the method is well made");
  }

  void take(const std::string& name, const CallContext& call, const echo::EchoRequest& request,
            Respond respond) {
    std::unique_lock lock(mutex_);
    calls_.push_back(call);
    if (name == "Echo") beside_echo_.push_back(waiting_.size());
    if (at_once_) {
      const auto answer = at_once_;
      lock.unlock();
      return respond(answer(request.text()));
    }
    waiting_.push_back(std::move(respond));
    most_ = std::max(most_, waiting_.size());
    came_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Respond> waiting_;
  std::size_t most_ = 0;
  std::vector<std::size_t> beside_echo_;
  std::vector<CallContext> calls_;
  std::function<Result<Reply>(const std::string&)> at_once_;
  Dispatcher dispatcher_{DispatcherLimits()};
};

DataSetCommand command(std::uint64_t line, const std::string& text,
                       const std::string& method = kStore) {
  return {line, text, method, R"({"text":")" + text + "\"}"};
}

TEST(SetSender, SendsAsTheSystemUnderAnIdThatIsForEverTheSame) {
  Desk desk;
  desk.answer_at_once([](const std::string&) { return Desk::done(); });
  SetSender sender(desk.dispatcher(), bootstrap_command_id({"mod_main"}, "demo", ""), 4);
  ASSERT_TRUE(sender.send(command(2, "welcome")));
  ASSERT_TRUE(sender.finish());
  ASSERT_EQ(desk.calls().size(), 1u);
  EXPECT_EQ(desk.calls()[0].command.id.value, "bs/mod_main/demo/welcome");
  EXPECT_TRUE(desk.calls()[0].command.keyed);
  EXPECT_EQ(desk.calls()[0].caller.kind, Caller::Kind::kSystem);
}

TEST(SetSender, KeepsAWindowOfCommandsInFlight) {
  Desk desk;
  SetSender sender(desk.dispatcher(), "bs/", 8);
  std::thread sending([&] {
    for (std::uint64_t i = 0; i < 100; ++i) {
      ASSERT_TRUE(sender.send(command(i + 2, std::to_string(i))));
    }
  });
  for (int i = 0; i < 93; ++i) {
    desk.wait_for_waiting(8);
    desk.answer_first();
  }
  sending.join();
  EXPECT_EQ(desk.in_flight(), 7u);
  desk.answer_all();
  ASSERT_TRUE(sender.finish());
  EXPECT_EQ(desk.most_in_flight(), 8u);
  EXPECT_EQ(sender.counts().sent, 100u);
  EXPECT_EQ(sender.counts().applied, 100u);
}

// A role that is granted rests on its account: it is another method's command.
TEST(SetSender, WaitsForAllAnswersBeforeAnotherMethod) {
  Desk desk;
  SetSender sender(desk.dispatcher(), "bs/", 8);
  std::thread sending([&] {
    for (std::uint64_t i = 0; i < 5; ++i) {
      ASSERT_TRUE(sender.send(command(i + 2, std::to_string(i))));
    }
    ASSERT_TRUE(sender.send(command(7, "next", kEcho)));
    ASSERT_TRUE(sender.send(command(8, "more", kEcho)));
  });
  desk.wait_for_waiting(5);
  for (int i = 0; i < 5; ++i) desk.answer_first();
  desk.wait_for_waiting(2);
  sending.join();
  EXPECT_EQ(desk.beside_echo(), (std::vector<std::size_t>{0, 1}));
  desk.answer_all();
  EXPECT_TRUE(sender.finish());
}

TEST(SetSender, CountsWhatBecameOfTheCommands) {
  Desk desk;
  desk.answer_at_once([](const std::string& text) -> Result<Reply> {
    if (text == "bad") return already_exists("it is there");
    if (text == "worse") return permission_denied("you may not");
    return Desk::done(text == "again");
  });
  SetSender sender(desk.dispatcher(), "bs/", 4);
  std::uint64_t line = 2;
  for (const char* text : {"new", "again", "bad", "worse", "new2", "again"}) {
    ASSERT_TRUE(sender.send(command(line++, text)));
  }
  ASSERT_TRUE(sender.finish());
  const SendCounts counts = sender.counts();
  EXPECT_EQ(counts.sent, 6u);
  EXPECT_EQ(counts.applied, 2u);
  EXPECT_EQ(counts.already_applied, 2u);
  EXPECT_EQ(counts.refused, 2u);
  EXPECT_EQ(counts.first_refusal, "line 4, command 'bad': it is there");
}

TEST(SetSender, GoesOnAfterARefusalAndStopsAtAFault) {
  struct Case {
    Code code;
    bool fault;
  };
  for (const Case& each :
       {Case{Code::kUnavailable, true}, Case{Code::kResourceExhausted, true},
        Case{Code::kAborted, true}, Case{Code::kDeadlineExceeded, true},
        Case{Code::kInternal, true}, Case{Code::kDataLoss, true}, Case{Code::kUnknown, true},
        Case{Code::kCancelled, true}, Case{Code::kAlreadyExists, false},
        Case{Code::kNotFound, false}, Case{Code::kFailedPrecondition, false},
        Case{Code::kPermissionDenied, false}, Case{Code::kInvalidArgument, false}}) {
    Desk desk;
    desk.answer_at_once([&](const std::string&) { return Error{each.code, "because"}; });
    SetSender sender(desk.dispatcher(), "bs/", 4);
    ASSERT_TRUE(sender.send(command(2, "first")));
    EXPECT_EQ(sender.send(command(3, "second")).has_value(), !each.fault) << to_string(each.code);
    const auto finished = sender.finish();
    ASSERT_EQ(finished.has_value(), !each.fault) << to_string(each.code);
    if (each.fault) {
      EXPECT_EQ(finished.error().code, each.code);
      EXPECT_EQ(finished.error().message, "line 2, command 'first': because");
      EXPECT_EQ(sender.counts().sent, 1u);
      EXPECT_EQ(sender.counts().refused, 0u);
    }
  }
}

TEST(SetSender, NamesTheLineThatIsNoCommand) {
  Desk desk;
  SetSender sender(desk.dispatcher(), "bs/", 4);
  const auto unknown = sender.send(command(7, "x", "mt.tests.client.EchoService/Shout"));
  EXPECT_EQ(unknown.error().code, Code::kInvalidArgument);
  EXPECT_EQ(unknown.error().message,
            "line 7, command 'x': this node has no method "
            "'mt.tests.client.EchoService/Shout'");
  for (const char* json : {"{", R"({"txet":"x"})", R"({"text":{}})"}) {
    DataSetCommand bad = command(8, "x");
    bad.request_json = json;
    const auto refused = sender.send(bad);
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument) << json;
    EXPECT_EQ(refused.error().message.find("line 8, command 'x': "), 0u) << json;
  }
  EXPECT_EQ(sender.counts().sent, 0u);
}

TEST(SetSender, MayBeGoneWhenTheLastAnswerComes) {
  Desk desk;
  {
    SetSender sender(desk.dispatcher(), "bs/", 4);
    ASSERT_TRUE(sender.send(command(2, "late")));
  }
  desk.answer_all();
}

}  // namespace
}  // namespace mt::sys_core
