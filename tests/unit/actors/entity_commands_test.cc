// A module's own way to its entities: what it hands on, and what it refuses.
#include "actors/entity_commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/entity_hosts.h"
#include "tests/fixture/counter.h"
#include "tests/fixture/notes.h"

namespace mt::test {
namespace {

using ::testing::HasSubstr;

struct Sent {
  std::vector<EntityCommand> commands;
  bool answers = true;

  Deliver deliver() {
    return [this](EntityCommand command) {
      if (answers) command.respond(reply_of(notes::NoteReply()));
      commands.push_back(std::move(command));
    };
  }
};

std::shared_ptr<const CallContext> call_within(std::chrono::milliseconds time_left) {
  auto call = std::make_shared<CallContext>();
  call->command.id = {"key"};
  call->deadline = std::chrono::steady_clock::now() + time_left;
  return call;
}

std::shared_ptr<const Message> edit() {
  auto command = std::make_shared<notes::NoteCommand>();
  command->mutable_edit()->set_text("x");
  return command;
}

class EntityCommandsTest : public testing::Test {
 protected:
  Sent sent_;
  const std::vector<const EntityType*> entities_{&entity_type<Note>()};
  EntityCommands commands_{{"test_notes"}, entities_, sent_.deliver()};
};

TEST_F(EntityCommandsTest, HandTheCommandOnWithItsCall) {
  const auto call = call_within(std::chrono::seconds(60));
  const auto command = edit();
  ASSERT_TRUE(commands_.send_and_wait(entity_type<Note>(), "n1", command, call).has_value());

  ASSERT_EQ(sent_.commands.size(), 1u);
  EXPECT_EQ(sent_.commands[0].module.value, "test_notes");
  EXPECT_EQ(sent_.commands[0].type, &entity_type<Note>());
  EXPECT_EQ(sent_.commands[0].id, "n1");
  EXPECT_FALSE(sent_.commands[0].must_exist);
  EXPECT_EQ(sent_.commands[0].command, command);
  EXPECT_EQ(sent_.commands[0].call, call);
}

TEST_F(EntityCommandsTest, RefuseTheEntityOfAnotherModule) {
  const auto reply = commands_.send_and_wait(entity_type<Counter>(), "c1",
                                             std::make_shared<counter::CounterCommand>(add(1)),
                                             call_within(std::chrono::seconds(60)));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, Code::kInternal);
  EXPECT_THAT(reply.error().message, HasSubstr("'counter' is not one of module test_notes"));
  EXPECT_TRUE(sent_.commands.empty());
}

TEST_F(EntityCommandsTest, RefuseTheCommandOfAnotherEntity) {
  const auto reply = commands_.send_and_wait(entity_type<Note>(), "n1",
                                             std::make_shared<counter::CounterCommand>(add(1)),
                                             call_within(std::chrono::seconds(60)));
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().code, Code::kInternal);
  EXPECT_THAT(reply.error().message, HasSubstr("CounterCommand"));
}

TEST_F(EntityCommandsTest, WaitNoLongerThanTheCall) {
  sent_.answers = false;
  const auto reply = commands_.send_and_wait(entity_type<Note>(), "n1", edit(),
                                             call_within(std::chrono::milliseconds(1)));
  EXPECT_EQ(reply.error().code, Code::kDeadlineExceeded);
  // The answer that comes late finds nobody, and nothing breaks.
  sent_.commands[0].respond(reply_of(notes::NoteReply()));
}

TEST_F(EntityCommandsTest, WaitForAWatchThatHasNoDeadline) {
  auto call = std::make_shared<CallContext>();
  call->deadline = std::chrono::steady_clock::time_point::max();
  EXPECT_TRUE(commands_.send_and_wait(entity_type<Note>(), "n1", edit(), call).has_value());
}

}  // namespace
}  // namespace mt::test
