#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/fixture/echo_edge.h"

namespace mt::tests::bus {
namespace {

using testing::HasSubstr;

Question ask_for(int messages, std::size_t ballast = 0) {
  Question request;
  request.set_number(messages);
  request.set_ballast(std::string(ballast, 'x'));
  return request;
}

// Begins to follow; the test reads.
class Following {
 public:
  Following(const EchoEdge& edge, const Question& request)
      : call(edge.channel(), echo_name("Follow")) {
    EXPECT_TRUE(call.write(request.SerializeAsString()));
    EXPECT_TRUE(call.end_requests());
  }
  // The number of the next answer; 0 at the end.
  int next() {
    const auto bytes = call.read();
    Answer answer;
    return bytes && answer.ParseFromString(*bytes) ? answer.number() : 0;
  }

  GenericCall call;
};

// A handler that tells the test how often its stream took a message before it took no more.
struct Counting {
  using Write = bool (ReplyStream::*)(const Message&);

  EchoEdge::AddMethods with(Write write) {
    return [this, write](Dispatcher& dispatcher) {
      EXPECT_TRUE(dispatcher.add(unary_method("Ask", echo)));
      EXPECT_TRUE(
          dispatcher.add(watch_method([this, write](auto, std::shared_ptr<const Message> request,
                                                    std::shared_ptr<ReplyStream> stream) {
            Answer answer = answer_to(static_cast<const Question&>(*request));
            for (int i = 1;; ++i) {
              answer.set_number(i);
              if (!((*stream).*write)(answer)) break;
              written = i;
            }
            ended.set_value(written);
            stream->finish({});
          })));
    };
  }
  std::promise<int> ended;
  int written = 0;
};

TEST(GrpcStreams, CarryEveryMessageInOrderAndTheEnd) {
  EchoEdge edge;
  Following following(edge, ask_for(2000));
  for (int i = 1; i <= 2000; ++i) ASSERT_EQ(following.next(), i);
  EXPECT_EQ(following.next(), 0);
  EXPECT_TRUE(following.call.finish().ok());
}

TEST(GrpcStreams, HoldBackAHandlerThatWaitsForASlowReader) {
  EchoEdge edge;
  Following following(edge, ask_for(60, 500'000));  // 30 MB, more than any queue holds
  for (int i = 1; i <= 60; ++i) ASSERT_EQ(following.next(), i);
  EXPECT_EQ(following.next(), 0);
  EXPECT_TRUE(following.call.finish().ok());
}

TEST(GrpcStreams, CutOffAReaderThatFallsTooFarBehind) {
  Counting counting;
  EchoEdge edge(counting.with(&ReplyStream::write));
  Following following(edge, ask_for(0, 100'000));
  const int written = counting.ended.get_future().get();  // although nobody reads
  EXPECT_GE(written, 80);                                 // 8 MiB wait at least
  EXPECT_LE(written, 200);
  int last = 0;
  while (const int number = following.next()) EXPECT_EQ(number, ++last);
  EXPECT_LT(last, written);  // what waited was dropped
  const auto status = following.call.finish();
  EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("the client reads too slowly"));
}

// A rebuild once stood still, and all tables with it, while its client did not read the progress.
TEST(GrpcStreams, DropWhatASlowReaderMayMissAndHoldNobodyUp) {
  std::promise<void> written;
  EchoEdge edge([&](Dispatcher& dispatcher) {
    EXPECT_TRUE(dispatcher.add(watch_method(
        [&](auto, std::shared_ptr<const Message>, std::shared_ptr<ReplyStream> stream) {
          Answer answer;
          answer.set_ballast(std::string(100'000, 'x'));
          for (int i = 1; i < 2'000; ++i) {  // 200 MB: nobody reads yet, and no queue holds them
            answer.set_number(i);
            EXPECT_TRUE(stream->write_if_ready(answer));
          }
          written.set_value();
          answer.set_number(2'000);
          stream->write_when_ready(answer);
          stream->finish({});
        })));
  });
  Following following(edge, ask_for(0));
  written.get_future().wait();
  int last = 0;
  int count = 0;
  for (; const int number = following.next(); ++count) {
    EXPECT_GT(number, last);
    last = number;
  }
  EXPECT_EQ(last, 2'000);
  EXPECT_LT(count, 1'000);
  EXPECT_TRUE(following.call.finish().ok());
}

TEST(GrpcStreams, TellTheHandlerThatItsClientCancelled) {
  for (const auto write :
       {&ReplyStream::write, &ReplyStream::write_when_ready, &ReplyStream::write_if_ready}) {
    Counting counting;
    EchoEdge edge(counting.with(write));
    Following following(edge, ask_for(0));
    EXPECT_EQ(following.next(), 1);
    following.call.cancel();
    counting.ended.get_future().wait();
    while (following.next() != 0) {
    }
    EXPECT_EQ(following.call.finish().error_code(), grpc::CANCELLED);
    EXPECT_TRUE(edge.answers());
  }
}

// The reader takes nothing, so that a message is stuck in gRPC's hands when it goes.
TEST(GrpcStreams, WakeAHandlerThatWaitsForAReaderWhoGoes) {
  Counting counting;
  EchoEdge edge(counting.with(&ReplyStream::write_when_ready));
  Following following(edge, ask_for(0, 1'000'000));
  EXPECT_EQ(following.next(), 1);
  following.call.cancel();
  counting.ended.get_future().wait();
  EXPECT_TRUE(edge.answers());
}

TEST(GrpcStreams, EndAtTheClientsDeadline) {
  Counting counting;
  EchoEdge edge(counting.with(&ReplyStream::write_when_ready));
  GenericCall call(edge.channel(), echo_name("Follow"));
  call.context().set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
  ASSERT_TRUE(call.write(ask_for(0, 1'000'000).SerializeAsString()));
  counting.ended.get_future().wait();
  EXPECT_EQ(call.finish().error_code(), grpc::DEADLINE_EXCEEDED);
}

TEST(GrpcStreams, RefuseWhatCannotBegin) {
  EchoEdge edge;
  Following broken(edge, ask_for(-1));
  EXPECT_EQ(broken.next(), 0);
  EXPECT_EQ(broken.call.finish().error_code(), grpc::INVALID_ARGUMENT);

  GenericCall garbage(edge.channel(), echo_name("Follow"));
  EXPECT_EQ(finish_unary(garbage, "\xff").status.error_code(), grpc::INVALID_ARGUMENT);

  GenericCall token(edge.channel(), echo_name("Follow"));
  token.context().AddMetadata("authorization", "nonsense");
  EXPECT_EQ(finish_unary(token, "").status.error_code(), grpc::UNAUTHENTICATED);
}

TEST(GrpcStreams, BeyondTheLimitAreRefused) {
  DispatcherLimits limits;
  limits.watches = 1;
  EchoEdge edge(add_echo_methods, limits);
  Following first(edge, ask_for(0));
  EXPECT_EQ(first.next(), 1);
  Following second(edge, ask_for(0));
  EXPECT_EQ(second.next(), 0);
  EXPECT_EQ(second.call.finish().error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_GT(first.next(), 0);
}

TEST(GrpcStreams, EndWithAnAnswerThatIsTooLarge) {
  EchoEdge edge([](Dispatcher& dispatcher) {
    EXPECT_TRUE(dispatcher.add(watch_method([](auto, auto, std::shared_ptr<ReplyStream> stream) {
      Answer large;
      large.set_ballast(std::string(5 << 20, 'x'));
      EXPECT_FALSE(stream->write_when_ready(large));
      stream->finish({});
    })));
  });
  Following following(edge, ask_for(1));
  EXPECT_EQ(following.next(), 0);
  const auto status = following.call.finish();
  EXPECT_EQ(status.error_code(), grpc::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), HasSubstr("ask for a smaller page"));
}

}  // namespace
}  // namespace mt::tests::bus
