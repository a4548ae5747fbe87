// What a reactor knows of itself: each command, and what follows from its events.
#include "actors/reactor_entity.h"

#include <gtest/gtest.h>

#include "actors/reactor_effects.h"
#include "actors/reactor_ports.h"

namespace mt {
namespace {

using Command = ReactorEntity::Command;
using State = ReactorEntity::State;

// A reactor that has begun, and a stream of it that is parked at position 7.
class KnownReactor : public testing::Test {
 protected:
  KnownReactor() {
    Command begin;
    begin.mutable_begin()->set_source("source");
    EXPECT_EQ(give(begin), Code::kOk);
    Command park;
    auto& stream = *park.mutable_park()->mutable_stream();
    stream.set_stream("note/a");
    stream.set_version(2);
    stream.set_position(7);
    stream.set_answered(1);
    EXPECT_EQ(give(park), Code::kOk);
    EXPECT_EQ(give(park), Code::kOk) << "a repeat";
  }

  Code give(const Command& command) {
    static const std::string id = "r";
    static const Caller system = Caller::system();
    const auto decided = ReactorEntity::decide(state_, command, {id, {1}, Time(), system});
    if (!decided) return decided.error().code;
    events_ = decided->events.size();
    for (const auto& event : decided->events) ReactorEntity::evolve(state_, event);
    return Code::kOk;
  }
  Code move(std::uint64_t position) {
    Command command;
    command.mutable_move()->set_position(position);
    return give(command);
  }
  Code drop(std::uint64_t position) {
    Command command;
    command.mutable_drop()->set_stream("note/a");
    command.mutable_drop()->set_position(position);
    return give(command);
  }

  State state_;
  std::size_t events_ = 0;
};

TEST_F(KnownReactor, ParksAStreamOnce) {
  EXPECT_EQ(events_, 0u);
  EXPECT_EQ(parked_streams(state_), 1u);
}

TEST_F(KnownReactor, NeverMovesItsMarkBack) {
  EXPECT_EQ(move(9), Code::kOk);
  EXPECT_EQ(move(8), Code::kOk);
  EXPECT_EQ(state_.position(), 9u);
}

TEST_F(KnownReactor, KeepsAParkedStreamThatTheMarkPasses) {
  EXPECT_EQ(move(9), Code::kOk);
  EXPECT_EQ(parked_streams(state_), 1u);
}

TEST_F(KnownReactor, ForgetsAStreamThatHasCaughtUp) {
  Command retry;
  retry.mutable_retry();
  EXPECT_EQ(give(retry), Code::kOk);
  EXPECT_EQ(state_.behind().at("note/a").answered(), 1u);
  Command moved;
  moved.mutable_move()->set_position(9);
  auto& behind = *moved.mutable_move()->add_catching_up();
  behind.set_stream("note/a");
  behind.set_version(3);
  EXPECT_EQ(give(moved), Code::kOk);
  EXPECT_EQ(state_.behind().at("note/a").version(), 3u);
  EXPECT_EQ(move(10), Code::kOk);
  EXPECT_TRUE(state_.behind().empty());
}

TEST_F(KnownReactor, DropsOnlyTheEventThatWaitsBehindTheMark) {
  EXPECT_EQ(drop(7), Code::kFailedPrecondition) << "ahead of the mark";
  EXPECT_EQ(move(9), Code::kOk);
  EXPECT_EQ(drop(6), Code::kFailedPrecondition) << "another event";
  EXPECT_EQ(drop(7), Code::kOk);
  EXPECT_EQ(state_.behind().at("note/a").version(), 3u);
  EXPECT_EQ(state_.behind().at("note/a").answered(), 0u);
  EXPECT_EQ(drop(7), Code::kNotFound) << "it waits no more";
}

TEST(ReactionIds, AreReadAsTheyWereMade) {
  const ReactionIds ids({"mod_main"}, "remove");
  const Reaction reaction{{17}, 3};
  EXPECT_EQ(ids.of(reaction), "rx/mod_main.remove/17/3");
  EXPECT_EQ(ids.parse(ids.of(reaction)), reaction);
  for (const char* other :
       {"", "rx/", "rx/mod_main.remove/", "rx/mod_main.remove/17", "rx/mod_main.remove/17/",
        "rx/mod_main.remove/17/3x", "rx/mod_main.remover/17/3", "rx/mod_main.remove/x/3"}) {
    EXPECT_EQ(ids.parse(other), std::nullopt) << other;
  }
}

TEST(BackOff, DoublesUpToTheLongestAndSpreads) {
  const ReactorLimits limits;
  for (std::uint32_t attempts = 1; attempts < 40; ++attempts) {
    const auto pause = back_off("id", attempts, limits);
    const auto whole = std::min(limits.longest_back_off,
                                limits.first_back_off * (1 << std::min(attempts - 1, 20u)));
    EXPECT_LE(pause, whole);
    EXPECT_GE(pause, whole * 3 / 4);
  }
  EXPECT_NE(back_off("one", 9, limits), back_off("other", 9, limits));
}

}  // namespace
}  // namespace mt
