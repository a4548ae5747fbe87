#include "events/personal_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include "events/event_codec.h"
#include "events/memory/memory_key_slots.h"
#include "events/memory/memory_kv.h"
#include "events/memory/memory_log.h"
#include "events/personal_log.h"
#include "tests/fixture/faulty_kv.h"
#include "tests/fixture/test_master_key.h"
#include "tests/proto/personal.pb.h"

namespace mt::test {
namespace {

namespace personal = tests::personal;

using testing::HasSubstr;
using testing::Not;

const ModuleName kModule{"mod_people"};
const StreamId kAnn{"person", "ann"};
const std::string kEmail = "ann@example.org";

class PersonalDataTest : public testing::Test {
 protected:
  PersonalDataTest() {
    start();
    EXPECT_TRUE(stored.open(kModule));
  }

  // As another process would.
  void start() {
    log.reset();
    data.reset();
    keys = SubjectKeys::open(kv, slots, master).value();
    data.emplace(*keys);
    EXPECT_TRUE(data->learn(kModule, EventTypes({personal::PersonEvent::descriptor()}), {"email"}));
    log.emplace(stored, *data);
  }

  static Commit commit(const personal::PersonEvent& event) {
    Commit made;
    made.stream = kAnn;
    made.events.push_back(encode_event(event));
    made.command.id = {"command"};
    return made;
  }
  static personal::PersonEvent moved(const std::string& email = kEmail) {
    personal::PersonEvent event;
    event.mutable_moved()->set_email(email);
    event.mutable_moved()->set_reason("work");
    return event;
  }
  static personal::PersonEvent visited(const std::string& by, const std::string& name) {
    personal::PersonEvent event;
    event.mutable_visited()->set_visitor_id(by);
    event.mutable_visited()->set_name(name);
    return event;
  }

  Result<void> append_as_it_is(Commit made) {
    CommitRecord record;
    record.first = stored.head(kModule) + 1;
    record.commit = std::move(made);
    const LogAppend one{kModule, &record};
    return log->append({&one, 1});
  }
  Result<void> append(Commit made) {
    MT_TRY(const auto leases, data->seal(kModule, made));
    return append_as_it_is(std::move(made));
  }
  CommitRecord on_disk(std::uint64_t position) { return stored.at(kModule, {position}).value(); }
  // Changes the stored record behind the log's back.
  void change(std::uint64_t position, const std::function<void(Commit&)>& how) {
    CommitRecord record = on_disk(position);
    how(record.commit);
    ASSERT_TRUE(data->concerns(kModule, record));
    changed = data->open(kModule, record);
  }
  personal::PersonEvent read(std::uint64_t position) {
    const CommitRecord record = log->at(kModule, {position}).value();
    personal::PersonEvent event;
    EXPECT_TRUE(decode_event(record.commit.events[0], event));
    return event;
  }
  void erase(const std::string& subject) { ASSERT_TRUE(keys->erase(subject, {})); }

  MemoryKv memory;
  FaultyKv kv{memory};
  MemoryKeySlots slots;
  TestMasterKey master;
  MemoryLog stored;
  std::unique_ptr<SubjectKeys> keys;
  std::optional<PersonalData> data;
  std::optional<PersonalLog> log;
  Result<void> changed;
};

TEST_F(PersonalDataTest, IsSealedInTheLogAndClearToItsReaders) {
  ASSERT_TRUE(append(commit(moved())));
  const StoredEvent sealed = on_disk(1).commit.events[0];
  EXPECT_EQ(sealed.subject, "person/ann");
  EXPECT_THAT(sealed.payload + sealed.sealed, Not(HasSubstr(kEmail)));
  EXPECT_THAT(sealed.payload, HasSubstr("work"));
  for (int i = 0; i < 2; ++i, start()) {
    EXPECT_EQ(read(1).moved().email(), kEmail);
    EXPECT_EQ(read(1).moved().reason(), "work");
    std::size_t seen = 0;
    ASSERT_TRUE(log->scan(kModule, {1}, [&](const CommitRecord& record) {
      EXPECT_THAT(record.commit.events[0].payload, HasSubstr(kEmail));
      ++seen;
      return Scan::kGoOn;
    }));
    EXPECT_EQ(seen, 1u);
  }
}

TEST_F(PersonalDataTest, OfEventsWithoutAnyChangesNothingAndTakesNoKey) {
  personal::PersonEvent left;
  left.mutable_left()->set_reason("end");
  const Commit made = commit(left);
  ASSERT_TRUE(append(made));
  ASSERT_TRUE(append(commit(moved(""))));
  EXPECT_EQ(on_disk(1).commit.events, made.events);
  EXPECT_FALSE(data->concerns(kModule, on_disk(1)));
  EXPECT_EQ(on_disk(2).commit.events[0].sealed, "");
  EXPECT_EQ(keys->state("person/ann").value(), SubjectKeys::State::kUnknown);
}

TEST_F(PersonalDataTest, IsLeftOutOnceItsSubjectIsErased) {
  ASSERT_TRUE(append(commit(moved())));
  ASSERT_TRUE(append(commit(visited("bob", "Bob"))));
  erase("person/ann");
  for (int i = 0; i < 2; ++i, start()) {
    EXPECT_EQ(read(1).moved().email(), "");
    EXPECT_EQ(read(1).moved().reason(), "work");
    EXPECT_TRUE(log->at(kModule, {1})->commit.events[0].erased);
    EXPECT_EQ(read(2).visited().name(), "Bob") << "of another subject in the same stream";
    EXPECT_FALSE(log->at(kModule, {2})->commit.events[0].erased);
  }
  const auto refused = append(commit(moved()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(refused.error().message, HasSubstr("person/ann"));
  EXPECT_TRUE(append(commit(visited("bob", "Bob"))));
  EXPECT_EQ(data->is_erased(kAnn).value(), true);
}

TEST_F(PersonalDataTest, OfOlderEventsInClearIsReadAndLeftOutAllTheSame) {
  ASSERT_TRUE(append_as_it_is(commit(moved())));
  EXPECT_EQ(read(1).moved().email(), kEmail);
  erase("person/ann");
  EXPECT_EQ(read(1).moved().email(), "");
  EXPECT_EQ(read(1).moved().reason(), "work");
  EXPECT_TRUE(log->at(kModule, {1})->commit.events[0].erased);
}

TEST_F(PersonalDataTest, WhoseKeyIsLostIsNeverTakenForEmpty) {
  ASSERT_TRUE(append(commit(moved())));
  ASSERT_TRUE(append(commit(visited("bob", "Bob"))));
  const StoreId store = kv.open("subjects").value();
  ASSERT_TRUE(kv.write([&](KvWriter& writer) -> Result<void> {
    writer.erase(store, "person/bob");
    return {};
  }));
  const auto lost = log->at(kModule, {2});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Code::kDataLoss);
  EXPECT_THAT(lost.error().message, HasSubstr("position 2 of mod_people"));
  EXPECT_THAT(lost.error().message, HasSubstr("the key of person/bob"));
  std::size_t seen = 0;
  const auto scanned = log->scan(kModule, {1}, [&](const CommitRecord&) {
    ++seen;
    return Scan::kGoOn;
  });
  EXPECT_EQ(scanned.error().code, Code::kDataLoss);
  EXPECT_EQ(seen, 1u);
}

TEST_F(PersonalDataTest, CannotBeMovedToAnotherPlace) {
  ASSERT_TRUE(append(commit(moved())));
  const std::function<void(Commit&)> moves[] = {
      [](Commit& made) { made.stream.id = "bob"; },
      [](Commit& made) { made.expected = {5}; },
      [](Commit& made) { made.events[0].schema = 2; },
      [](Commit& made) { made.events[0].type = "Left"; },
      [](Commit& made) { made.events[0].sealed.back() ^= 1; },
  };
  for (const auto& move : moves) {
    change(1, move);
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().code, Code::kDataLoss);
    EXPECT_THAT(changed.error().message, HasSubstr("cannot be opened"));
  }
}

TEST_F(PersonalDataTest, OfNobodyIsTheModulesFault) {
  const auto refused = append(commit(visited("", "Bob")));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInternal);
  EXPECT_THAT(refused.error().message, HasSubstr("does not say whose"));
}

TEST_F(PersonalDataTest, IsNotAppendedBeforeItsKeyIsKept) {
  Commit made = commit(moved());
  ASSERT_TRUE(data->seal(kModule, made));
  kv.fail_writes(Error{Code::kResourceExhausted, "No space left on device"});
  EXPECT_EQ(append_as_it_is(made).error().code, Code::kResourceExhausted);
  EXPECT_EQ(stored.head(kModule).value, 0u);
  kv.fail_writes({});
  ASSERT_TRUE(append_as_it_is(made));
  start();
  EXPECT_EQ(read(1).moved().email(), kEmail);
}

TEST_F(PersonalDataTest, KeepsAnEraseWaitingUntilTheWriterHasAnswered) {
  Commit made = commit(moved());
  auto leases = data->seal(kModule, made).value();
  EXPECT_EQ(keys->erase("person/ann", {}, std::chrono::milliseconds(1)).error().code,
            Code::kUnavailable);
  leases.clear();
  EXPECT_TRUE(keys->erase("person/ann", {}));
}

// ---- claims ----

TEST_F(PersonalDataTest, OfClaimsIsAHashThatComparesAsBefore) {
  Commit made = commit(moved());
  made.taken = {{"email", kEmail}, {"name", "Ann"}};
  ASSERT_TRUE(append(made));
  const std::vector<Claim> kept = on_disk(1).commit.taken;
  EXPECT_THAT(kept[0].value, Not(HasSubstr("ann")));
  EXPECT_EQ(kept[0], data->kept(kModule, {"email", kEmail}));
  EXPECT_EQ(kept[1], made.taken[1]);
  EXPECT_EQ(log->at(kModule, {1})->commit.taken, kept);
  start();
  EXPECT_EQ(kept[0], data->kept(kModule, {"email", kEmail}));
  EXPECT_NE(kept[0], data->kept(kModule, {"email", "bob@example.org"}));
  EXPECT_EQ(data->kept({"other"}, {"email", kEmail}).value, kEmail);
}

TEST_F(PersonalDataTest, OfOlderClaimsInClearIsReadAsTheSameHash) {
  personal::PersonEvent left;
  left.mutable_left();
  Commit made = commit(left);
  made.taken = {{"email", kEmail}};
  ASSERT_TRUE(append_as_it_is(made));
  EXPECT_EQ(log->at(kModule, {1})->commit.taken[0], data->kept(kModule, {"email", kEmail}));
}

TEST_F(PersonalDataTest, OfAnErasedSubjectHoldsNoClaimAnyMore) {
  Commit made = commit(moved());
  made.taken = {{"email", kEmail}, {"name", "Ann"}};
  ASSERT_TRUE(append(made));
  erase("person/ann");
  const std::vector<Claim> left = log->at(kModule, {1})->commit.taken;
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].scope, "name");
}

// ---- replies ----

class PersonalReply : public PersonalDataTest {
 protected:
  PersonalReply() {
    reply.set_email(kEmail);
    reply.set_version(3);
    command.id = {"key"};
    EXPECT_TRUE(data->seal_reply(kModule, kAnn, reply, command));
  }
  Result<personal::PersonReply> opened(const CommandId& id) {
    std::string type = command.reply_type;
    std::string bytes = command.reply;
    MT_CHECK_OK(data->open_reply(kModule, kAnn, id, type, bytes));
    EXPECT_EQ(type, "mt.tests.personal.PersonReply");
    personal::PersonReply read;
    EXPECT_TRUE(read.ParseFromString(bytes));
    return read;
  }

  personal::PersonReply reply;
  CommandRef command;
};

TEST_F(PersonalReply, IsSealedWhileItIsKept) {
  EXPECT_THAT(command.reply, Not(HasSubstr(kEmail)));
  ASSERT_TRUE(keys->flush());
  EXPECT_EQ(opened(command.id)->email(), kEmail);
  EXPECT_EQ(opened(command.id)->version(), 3u);
  EXPECT_EQ(opened({"another"}).error().code, Code::kDataLoss);
}

TEST_F(PersonalReply, LacksItsPersonalFieldsOnceTheirSubjectIsErased) {
  erase("person/ann");
  EXPECT_EQ(opened(command.id)->email(), "");
  EXPECT_EQ(opened(command.id)->version(), 3u);
}

TEST_F(PersonalReply, WithoutPersonalFieldsIsKeptAsItIs) {
  reply.clear_email();
  ASSERT_TRUE(data->seal_reply(kModule, kAnn, reply, command));
  EXPECT_EQ(command.reply_type, "mt.tests.personal.PersonReply");
  EXPECT_EQ(command.reply, reply.SerializeAsString());
}

}  // namespace
}  // namespace mt::test
