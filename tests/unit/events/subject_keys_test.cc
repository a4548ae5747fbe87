#include "events/subject_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>

#include "events/memory/memory_key_slots.h"
#include "events/memory/memory_kv.h"
#include "tests/fixture/faulty_kv.h"
#include "tests/fixture/test_master_key.h"

namespace mt::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

const std::string kAnn = "account/ann";
const std::string kBob = "account/bob";
const Time kNow{std::chrono::seconds(1'700'000'000)};

class SubjectKeysTest : public testing::Test {
 protected:
  std::unique_ptr<SubjectKeys> open() { return SubjectKeys::open(kv, slots, master).value(); }
  // The key of a subject, made and kept.
  static std::string made(SubjectKeys& keys, const std::string& subject) {
    const SecretKey key = keys.use(subject).value().key;
    EXPECT_TRUE(keys.flush());
    return std::string(key.bytes());
  }
  static std::string found(const SubjectKeys& keys, const std::string& subject) {
    const auto key = keys.find(subject);
    if (!key) return key.error().message;
    return *key ? std::string((*key)->bytes()) : "erased";
  }

  MemoryKv memory;
  FaultyKv kv{memory};
  MemoryKeySlots slots;
  TestMasterKey master;
};

TEST_F(SubjectKeysTest, GiveEachSubjectOneKeyThatOutlivesTheProcess) {
  auto keys = open();
  const std::string ann = made(*keys, kAnn);
  const std::string bob = made(*keys, kBob);
  EXPECT_NE(ann, bob);
  EXPECT_EQ(made(*keys, kAnn), ann);
  keys = open();
  EXPECT_EQ(found(*keys, kAnn), ann);
  EXPECT_EQ(made(*keys, kBob), bob);
}

TEST_F(SubjectKeysTest, AskForNoMasterKeyBeforeTheyNeedOne) {
  auto keys = open();
  EXPECT_TRUE(keys->flush());
  EXPECT_FALSE(master.key);
  EXPECT_EQ(keys->state(kAnn).value(), SubjectKeys::State::kUnknown);
  made(*keys, kAnn);
  EXPECT_TRUE(master.key);
}

TEST_F(SubjectKeysTest, AreNotKeptBeforeTheFlush) {
  auto keys = open();
  ASSERT_TRUE(keys->use(kAnn));
  EXPECT_EQ(keys->state(kAnn).value(), SubjectKeys::State::kLive);
  keys = open();
  EXPECT_EQ(keys->state(kAnn).value(), SubjectKeys::State::kUnknown);
}

TEST_F(SubjectKeysTest, RefuseAnotherMasterKeyByItsPlace) {
  made(*open(), kAnn);
  master.key = std::string(32, 'x');
  const auto other = SubjectKeys::open(kv, slots, master);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(other.error().message, HasSubstr("the master key in the test is not the one"));
  master.key.reset();
  const auto none = SubjectKeys::open(kv, slots, master);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().message, HasSubstr("the test is missing"));
}

TEST_F(SubjectKeysTest, EraseForGood) {
  auto keys = open();
  made(*keys, kAnn);
  const std::string bob = made(*keys, kBob);
  EXPECT_FALSE(keys->has_erased());
  EXPECT_EQ(keys->erase(kAnn, kNow).value(), kNow);
  for (int i = 0; i < 2; ++i, keys = open()) {
    EXPECT_TRUE(keys->has_erased());
    EXPECT_TRUE(keys->is_erased(kAnn).value());
    EXPECT_FALSE(keys->is_erased(kBob).value());
    EXPECT_EQ(found(*keys, kAnn), "erased");
    EXPECT_EQ(found(*keys, kBob), bob);
    const auto used = keys->use(kAnn);
    ASSERT_FALSE(used);
    EXPECT_EQ(used.error().code, Code::kFailedPrecondition);
    EXPECT_THAT(used.error().message, HasSubstr(kAnn));
  }
  EXPECT_EQ(keys->erase(kAnn, kNow + std::chrono::hours(1)).value(), kNow) << "as the first time";
}

TEST_F(SubjectKeysTest, EraseAKeyThatIsNotKeptYet) {
  auto keys = open();
  ASSERT_TRUE(keys->use(kAnn));
  EXPECT_TRUE(keys->erase(kAnn, kNow));
  EXPECT_TRUE(keys->flush());
  keys = open();
  EXPECT_EQ(found(*keys, kAnn), "erased");
}

TEST_F(SubjectKeysTest, TellALostKeyFromAnErasedOne) {
  auto keys = open();
  const auto lost = keys->find(kAnn);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Code::kDataLoss);
  EXPECT_THAT(lost.error().message, HasSubstr("mtctl erase account/ann"));
  EXPECT_TRUE(keys->erase(kAnn, kNow));
  EXPECT_EQ(found(*keys, kAnn), "erased");
}

TEST_F(SubjectKeysTest, TellADamagedKeyFromAnErasedOne) {
  const auto keys = open();
  made(*keys, kAnn);
  ASSERT_TRUE(slots.wipe(0));
  EXPECT_THAT(found(*keys, kAnn), HasSubstr("damaged"));
  EXPECT_EQ(keys->use(kAnn).error().code, Code::kDataLoss);
  EXPECT_TRUE(keys->erase(kAnn, kNow));
  EXPECT_EQ(found(*keys, kAnn), "erased");
}

// One subject's key in another's place would give its data away under another name.
TEST_F(SubjectKeysTest, BelongToTheirSubjectAlone) {
  const auto keys = open();
  made(*keys, kAnn);
  const StoreId store = kv.open("subjects").value();
  ASSERT_TRUE(kv.write([&](KvWriter& writer) -> Result<void> {
    writer.put(store, kBob, std::string(*writer.get(store, kAnn)));
    return {};
  }));
  EXPECT_EQ(keys->find(kBob).error().code, Code::kDataLoss);
}

TEST_F(SubjectKeysTest, WaitForCommitsThatAreOnTheirWay) {
  const auto keys = open();
  auto used = std::make_unique<SubjectKeys::InUse>(keys->use(kAnn).value());
  const auto hasty = keys->erase(kAnn, kNow, milliseconds(1));
  ASSERT_FALSE(hasty);
  EXPECT_EQ(hasty.error().code, Code::kUnavailable);
  EXPECT_THAT(hasty.error().message, HasSubstr("run the erase again"));
  EXPECT_EQ(found(*keys, kAnn), "erased") << "from the first attempt on";
  auto patient = std::async(std::launch::async, [&] {
    return keys->erase(kAnn, kNow + std::chrono::hours(1), std::chrono::minutes(5));
  });
  used.reset();
  EXPECT_EQ(patient.get().value(), kNow);
}

TEST_F(SubjectKeysTest, AreAllThereWhenAnEraseFindsTheDiskFull) {
  const auto keys = open();
  const std::string ann = made(*keys, kAnn);
  kv.fail_writes(Error{Code::kResourceExhausted, "No space left on device"});
  EXPECT_EQ(keys->erase(kAnn, kNow).error().code, Code::kResourceExhausted);
  EXPECT_EQ(found(*keys, kAnn), ann);
  EXPECT_TRUE(keys->use(kAnn));
  kv.fail_writes({});
  EXPECT_TRUE(keys->erase(kAnn, kNow));
  EXPECT_EQ(found(*keys, kAnn), "erased");
}

TEST_F(SubjectKeysTest, AreMadeOnceAlsoWhenTheirFlushFails) {
  auto keys = open();
  made(*keys, kBob);
  const std::string ann(keys->use(kAnn).value().key.bytes());
  kv.fail_writes(Error{Code::kResourceExhausted, "No space left on device"});
  EXPECT_FALSE(keys->flush());
  kv.fail_writes({});
  EXPECT_TRUE(keys->flush());
  EXPECT_EQ(found(*keys, kAnn), ann);
  EXPECT_FALSE(slots.read(2)) << "a second slot would be forgotten when the key is destroyed";
}

TEST_F(SubjectKeysTest, DestroyAKeyOfWhichOnlyItsSlotIsKept) {
  const auto keys = open();
  made(*keys, kBob);
  ASSERT_TRUE(keys->use(kAnn));
  kv.fail_writes(Error{Code::kResourceExhausted, "No space left on device"});
  EXPECT_FALSE(keys->flush());
  kv.fail_writes({});
  ASSERT_TRUE(keys->erase(kAnn, kNow));
  EXPECT_EQ(slots.read(1).value(), std::string(KeySlots::kSlotBytes, '\0'));
  EXPECT_EQ(found(*keys, kAnn), "erased");
}

TEST_F(SubjectKeysTest, GiveAModuleAKeyOfItsOwn) {
  auto keys = open();
  const std::string one(keys->module_key({"mod_main"}).value().bytes());
  EXPECT_NE(std::string(keys->module_key({"sys_core"}).value().bytes()), one);
  keys = open();
  EXPECT_EQ(std::string(keys->module_key({"mod_main"}).value().bytes()), one);
}

TEST_F(SubjectKeysTest, RefuseASubjectOfNoNameOrTooLongOne) {
  const auto keys = open();
  EXPECT_EQ(keys->use("").error().code, Code::kInvalidArgument);
  EXPECT_EQ(keys->use(std::string(257, 'a')).error().code, Code::kInvalidArgument);
  EXPECT_TRUE(keys->use(std::string(256, 'a')));
}

}  // namespace
}  // namespace mt::test
