#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "events/event_codec.h"
#include "projections/table_upgrades.h"
#include "tests/fixture/notes.h"
#include "tests/fixture/persons.h"
#include "tests/fixture/test_node.h"

namespace mt::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const ModuleName kPeople{"test_people"};
const StreamId kAnn{"person", "ann"};
const std::string kEmail = "ann@example.org";

// The next version of the table, which reads nothing of people any more.
class NobodysRows final : public ProjectionOf<notes::NoteEvent> {
 public:
  TableBase& table() override { return rows_; }
  std::uint32_t version() const override { return 2; }
  using ProjectionOf::apply;
  void apply(const notes::NoteEvent&, const EventMeta&, KvWriter&) override {}

  Result<personal::PersonRow> get(const KvReader& kv, const std::string& id) const {
    return rows_.get(kv, id).value_or(personal::PersonRow());
  }

 private:
  Table<personal::PersonRow> rows_{"test_people_people",
                                   [](const personal::PersonRow& row) { return row.person_id(); }};
};

class SubjectErasureOf : public testing::Test {
 protected:
  SubjectErasureOf() { start(); }

  void start() { start(persons_module()); }
  void start(Module module) {
    node.reset();
    storage.keys.reset();
    storage.keys = storage.open_keys();
    std::vector<Module> modules;
    modules.push_back(std::move(module));
    node = std::make_unique<TestNode>(storage, std::move(modules));
    node->must_start();
  }
  Code move(const std::string& id, const std::string& email) {
    return answer_of(node->call(person_method("MovePerson"), move_to(id, email)));
  }
  Code visit(const std::string& id, const std::string& by, const std::string& name) {
    return answer_of(node->call(person_method("VisitPerson"), visit_of(id, by, name)));
  }
  personal::PersonReply leave_as(const std::string& id) {
    return message_of<personal::PersonReply>(node->call(person_method("LeavePerson"), leave(id)));
  }
  personal::PersonRow row(const std::string& id) {
    personal::GetPersonRequest request;
    request.set_person_id(id);
    return message_of<personal::PersonRow>(node->call(person_method("GetPerson"), request));
  }
  Result<Erasure> erase(const std::string& subject) { return node->control().erase(subject, {}); }
  bool has_snapshot() {
    return node->control().derived().view()->snapshot(kPeople, kAnn).has_value();
  }
  // An event as an earlier program wrote it.
  void write_in_clear() {
    personal::PersonEvent event;
    event.mutable_moved()->set_email(kEmail);
    CommitRecord record;
    record.first = storage.memory_log.head(kPeople) + 1;
    record.commit.stream = kAnn;
    record.commit.events.push_back(encode_event(event));
    record.commit.taken = {{"email", kEmail}};
    const LogAppend one{kPeople, &record};
    ASSERT_TRUE(storage.memory_log.append({&one, 1}));
  }

  NodeStorage storage;
  std::unique_ptr<TestNode> node;
};

TEST_F(SubjectErasureOf, AnUnknownSubjectSaysSo) {
  ASSERT_EQ(move("ann", kEmail), Code::kOk);
  for (const char* subject : {"person/bob", "ann", "person/", "nonsense"}) {
    const auto unknown = erase(subject);
    ASSERT_FALSE(unknown) << subject;
    EXPECT_EQ(unknown.error().code, Code::kNotFound);
    EXPECT_THAT(unknown.error().message, HasSubstr("'" + std::string(subject) + "'"));
  }
  EXPECT_EQ(row("ann").email(), kEmail);
}

TEST_F(SubjectErasureOf, ASubjectReachesAllThatHeldItsData) {
  ASSERT_EQ(move("ann", kEmail), Code::kOk);
  ASSERT_EQ(move("bob", "bob@example.org"), Code::kOk);
  ASSERT_EQ(visit("bob", "ann", "Ann"), Code::kOk);
  ASSERT_EQ(visit("bob", "cid", "Cid"), Code::kOk);
  const auto erasure = erase("person/ann");
  ASSERT_TRUE(erasure) << erasure.error().message;
  EXPECT_EQ(erasure->subject, "person/ann");
  EXPECT_EQ(erasure->time, storage.clock.now());
  ASSERT_EQ(erasure->events.size(), 1u);
  EXPECT_EQ(erasure->events[0].module, kPeople);
  EXPECT_THAT(erasure->events[0].sealed, ElementsAre(Position{1}, Position{3}));
  EXPECT_THAT(erasure->events[0].in_clear, IsEmpty());
  ASSERT_EQ(erasure->tables.size(), 1u);
  EXPECT_EQ(erasure->tables[0].table, "test_people_people");
  EXPECT_EQ(erasure->tables[0].rows, 2u);
  for (int i = 0; i < 2; ++i, start()) {
    EXPECT_EQ(row("ann").email(), "");
    EXPECT_EQ(row("ann").erased(), 1u);
    EXPECT_EQ(row("bob").email(), "bob@example.org");
    EXPECT_THAT(row("bob").visitors(), ElementsAre("", "Cid"));
    EXPECT_EQ(node->control().tables().verify("test_people_people", {})->table_hash,
              erasure->tables[0].table_hash);
  }
}

TEST_F(SubjectErasureOf, ASubjectReachesTheVersionOfATableThatServes) {
  ASSERT_EQ(move("ann", kEmail), Code::kOk);
  ASSERT_EQ(move("bob", "bob@example.org"), Code::kOk);
  start(persons_module<NobodysRows, Persons>());
  ASSERT_EQ(row("ann").email(), kEmail) << "the older one serves";
  ASSERT_TRUE(erase("person/ann"));
  EXPECT_EQ(row("ann").email(), "");
  EXPECT_EQ(row("bob").email(), "bob@example.org");
}

TEST_F(SubjectErasureOf, ASubjectReachesVersionsThatTheProgramHasNoCodeOf) {
  ASSERT_EQ(move("ann", kEmail), Code::kOk);
  start(persons_module<NobodysRows>());
  EXPECT_EQ(node->control().tables().upgrades().states()->size(), 2u) << "the older one is left";
  ASSERT_TRUE(erase("person/ann"));
  const auto states = node->control().tables().upgrades().states();
  ASSERT_EQ(states->size(), 1u);
  EXPECT_EQ(states->front().version, 2u);
  start();
  EXPECT_EQ(row("ann").email(), "") << "an older program builds its own anew";
}

TEST_F(SubjectErasureOf, ASubjectReachesStatesInMemoryAndSnapshots) {
  for (int i = 0; i < 150; ++i) ASSERT_EQ(move("ann", kEmail), Code::kOk);
  EXPECT_TRUE(has_snapshot());
  ASSERT_TRUE(erase("person/ann"));
  EXPECT_FALSE(has_snapshot());
  EXPECT_EQ(leave_as("ann").email(), "") << "of the state";
  EXPECT_TRUE(leave_as("ann").erased());
  for (int i = 0; i < 150; ++i) leave_as("ann");
  EXPECT_TRUE(has_snapshot());
  EXPECT_EQ(leave_as("ann").email(), "");
  start();
  EXPECT_EQ(leave_as("ann").email(), "");
  EXPECT_TRUE(leave_as("ann").erased());
}

TEST_F(SubjectErasureOf, ASubjectFreesItsPersonalClaims) {
  ASSERT_EQ(move("ann", kEmail), Code::kOk);
  ASSERT_EQ(move("bob", kEmail), Code::kAlreadyExists);
  ASSERT_TRUE(erase("person/ann"));
  EXPECT_EQ(move("bob", kEmail), Code::kOk);
  EXPECT_EQ(move("cid", kEmail), Code::kAlreadyExists);
  start();
  EXPECT_EQ(move("cid", kEmail), Code::kAlreadyExists);
  EXPECT_EQ(row("bob").email(), kEmail);
}

TEST_F(SubjectErasureOf, ASubjectTwiceGivesTheSameAnswer) {
  ASSERT_EQ(move("ann", kEmail), Code::kOk);
  const auto first = erase("person/ann");
  storage.clock.advance(std::chrono::hours(1));
  const auto second = erase("person/ann");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->time, first->time);
  EXPECT_EQ(second->events[0].sealed, first->events[0].sealed);
  EXPECT_EQ(second->tables[0].table_hash, first->tables[0].table_hash);
}

TEST_F(SubjectErasureOf, ASubjectWhoseKeyWentBeforeFinishesTheRest) {
  ASSERT_EQ(move("ann", kEmail), Code::kOk);
  ASSERT_TRUE(storage.keys->erase("person/ann", {}));
  EXPECT_EQ(row("ann").email(), kEmail) << "cut off before the tables were folded";
  start();
  const auto erasure = erase("person/ann");
  ASSERT_TRUE(erasure);
  EXPECT_THAT(erasure->events[0].sealed, ElementsAre(Position{1}));
  EXPECT_EQ(row("ann").email(), "");
}

TEST_F(SubjectErasureOf, ASubjectWhoseKeyIsLostLetsTheRestGoOn) {
  ASSERT_EQ(move("ann", kEmail), Code::kOk);
  ASSERT_EQ(move("bob", "bob@example.org"), Code::kOk);
  ASSERT_TRUE(storage.key_slots.wipe(0));
  EXPECT_EQ(node->control().log().at(kPeople, {1}).error().code, Code::kDataLoss);
  ASSERT_TRUE(erase("person/ann"));
  EXPECT_EQ(row("ann").email(), "");
  EXPECT_EQ(row("bob").email(), "bob@example.org");
}

TEST_F(SubjectErasureOf, ASubjectTellsOfOlderEventsInClear) {
  write_in_clear();
  start();
  EXPECT_EQ(row("ann").email(), kEmail);
  EXPECT_EQ(move("bob", kEmail), Code::kAlreadyExists) << "by the claim of then";
  const auto erasure = erase("person/ann");
  ASSERT_TRUE(erasure) << erasure.error().message;
  EXPECT_THAT(erasure->events[0].sealed, IsEmpty());
  EXPECT_THAT(erasure->events[0].in_clear, ElementsAre(Position{1}));
  EXPECT_EQ(row("ann").email(), "");
  EXPECT_EQ(move("bob", kEmail), Code::kOk);
}

// A commit that was decided before the erase, and came into the log after it, was once missing from
// the receipt.
TEST_F(SubjectErasureOf, ASubjectCountsEachCommitThatWasAcknowledged) {
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<bool> refused = false;
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&, id = "visited " + std::to_string(i)] {
      for (Code code = Code::kOk; code == Code::kOk;) {
        code = visit(id, "ann", "Ann");
        if (code == Code::kOk) ++accepted;
        if (code != Code::kOk) refused = code == Code::kFailedPrecondition;
      }
    });
  }
  while (accepted < 100) std::this_thread::yield();
  const auto erasure = erase("person/ann");
  for (std::thread& caller : callers) caller.join();
  ASSERT_TRUE(erasure) << erasure.error().message;
  EXPECT_TRUE(refused);
  EXPECT_EQ(erasure->events[0].sealed.size(), accepted);
  for (int i = 0; i < 4; ++i) {
    const auto visited = row("visited " + std::to_string(i));
    EXPECT_EQ(visited.erased(), visited.events());
    for (const std::string& name : visited.visitors()) EXPECT_EQ(name, "");
  }
}

}  // namespace
}  // namespace mt::test
