// Personal data on the way through a node: sealed in its log, clear in its tables and answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fixture/persons.h"
#include "tests/fixture/test_node.h"

namespace mt::test {
namespace {

using testing::HasSubstr;
using testing::Not;

const ModuleName kPeople{"test_people"};
const std::string kEmail = "ann@example.org";

class PersonalDataOfANode : public testing::Test {
 protected:
  PersonalDataOfANode() { start(); }

  void start() {
    node.reset();
    storage.keys.reset();
    storage.keys = storage.open_keys();
    node = std::make_unique<TestNode>(storage, modules());
    node->must_start();
  }
  static std::vector<Module> modules() {
    std::vector<Module> all;
    all.push_back(persons_module());
    return all;
  }
  Result<Reply> move(const std::string& id, const std::string& email, CallAs as = {}) {
    return node->call(person_method("MovePerson"), move_to(id, email), std::move(as));
  }
  personal::PersonRow row(const std::string& id) {
    personal::GetPersonRequest request;
    request.set_person_id(id);
    return message_of<personal::PersonRow>(node->call(person_method("GetPerson"), request));
  }
  // All that the log's records hold.
  std::string on_disk() {
    std::string all;
    EXPECT_TRUE(storage.memory_log.scan(kPeople, {1}, [&](const CommitRecord& record) {
      const Commit& commit = record.commit;
      for (const StoredEvent& event : commit.events) all += event.payload + event.sealed;
      for (const Claim& claim : commit.taken) all += claim.value;
      all += commit.command.reply;
      return Scan::kGoOn;
    }));
    return all;
  }

  NodeStorage storage;
  std::unique_ptr<TestNode> node;
};

TEST_F(PersonalDataOfANode, IsSealedInTheLogAndClearInTablesAndAnswers) {
  const auto reply = move("ann", kEmail, {.key = "k"});
  EXPECT_EQ(message_of<personal::PersonReply>(reply).email(), kEmail);
  EXPECT_THAT(on_disk(), Not(HasSubstr(kEmail)));
  for (int i = 0; i < 2; ++i, start()) {
    EXPECT_EQ(row("ann").email(), kEmail);
    const auto again = move("ann", kEmail, {.key = "k"});
    EXPECT_TRUE(again->repeated);
    EXPECT_EQ(message_of<personal::PersonReply>(again).email(), kEmail);
    const auto left = node->call(person_method("LeavePerson"), leave("ann"));
    EXPECT_EQ(message_of<personal::PersonReply>(left).email(), kEmail) << "the state knows it";
  }
}

TEST_F(PersonalDataOfANode, IsUniqueByItsHash) {
  ASSERT_EQ(answer_of(move("ann", kEmail)), Code::kOk);
  EXPECT_EQ(answer_of(move("bob", kEmail)), Code::kAlreadyExists);
  start();
  EXPECT_EQ(answer_of(move("bob", kEmail)), Code::kAlreadyExists);
  EXPECT_EQ(answer_of(move("ann", kEmail)), Code::kOk);
}

TEST_F(PersonalDataOfANode, OfAnErasedSubjectIsRefusedByItsName) {
  ASSERT_EQ(answer_of(move("ann", kEmail)), Code::kOk);
  ASSERT_TRUE(storage.keys->erase("person/ann", {}));
  const auto refused = move("ann", "new@example.org");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(refused.error().message, HasSubstr("person/ann"));
  const auto visit = node->call(person_method("VisitPerson"), visit_of("bob", "ann", "Ann"));
  EXPECT_EQ(answer_of(visit), Code::kFailedPrecondition) << "in another's stream, too";
  const auto left =
      message_of<personal::PersonReply>(node->call(person_method("LeavePerson"), leave("ann")));
  EXPECT_TRUE(left.erased()) << "what is not personal is for the entity to decide";
  EXPECT_EQ(left.version(), 1u);
}

TEST_F(PersonalDataOfANode, WhoseKeyIsLostStopsWhatNeedsItAndIsNotTakenForEmpty) {
  ASSERT_EQ(answer_of(move("ann", kEmail)), Code::kOk);
  ASSERT_TRUE(storage.key_slots.wipe(0));
  node.reset();
  MemoryKv fresh;
  Node folding(
      test_settings(), modules(),
      {storage.log, fresh, storage.clock, storage.secrets, storage.data_sets, *storage.keys});
  ASSERT_TRUE(folding.start({}));
  personal::GetPersonRequest request;
  request.set_person_id("ann");
  const auto read = folding.dispatcher().call_and_wait(
      TestNode::input_of(person_method("GetPerson"), {}),
      std::make_shared<const personal::GetPersonRequest>(request));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, Code::kUnavailable);
  EXPECT_THAT(read.error().message, HasSubstr("the key of person/ann"));
}

}  // namespace
}  // namespace mt::test
