#include "events/subject_keys_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/memory/memory_key_slots.h"
#include "events/memory/memory_kv.h"
#include "events/subject_keys.h"
#include "mt/events/v1/keys.pb.h"
#include "tests/fixture/test_master_key.h"

namespace mt::test {
namespace {

using testing::HasSubstr;

const Time kNow{std::chrono::seconds(1'700'000'000)};
const ModuleName kModule{"sys_accounts"};

// A folder of keys.
struct Keys {
  explicit Keys(TestMasterKey& of) : master(of) {}

  std::unique_ptr<SubjectKeys> open() { return SubjectKeys::open(kv, slots, master).value(); }
  Result<std::string> copy() {
    std::string copy;
    MT_CHECK_OK(copy_subject_keys(kv, slots, [&](std::string_view piece) {
      copy += piece;
      return Result<void>();
    }));
    return copy;
  }

  TestMasterKey& master;
  MemoryKv kv;
  MemoryKeySlots slots;
};

std::string key_of(SubjectKeys& keys, const std::string& subject) {
  return std::string(keys.use(subject).value().key.bytes());
}

std::string found(const SubjectKeys& keys, const std::string& subject) {
  const auto key = keys.find(subject);
  if (!key) return key.error().message;
  return *key ? std::string((*key)->bytes()) : "erased";
}

class SubjectKeysCopy : public testing::Test {
 protected:
  TestMasterKey master;
  Keys from{master};
  Keys to{master};
};

TEST_F(SubjectKeysCopy, HasEachKeyAndWhoWasErased) {
  auto keys = from.open();
  std::vector<std::string> made;
  for (int i = 0; i < 2'500; ++i) made.push_back(key_of(*keys, "account/" + std::to_string(i)));
  const SecretKey of_module = keys->module_key(kModule).value();
  ASSERT_TRUE(keys->flush());
  for (int i = 0; i < 2'500; i += 100) {
    ASSERT_TRUE(keys->erase("account/" + std::to_string(i), kNow));
  }
  const auto copy = from.copy();
  ASSERT_TRUE(copy) << copy.error().message;
  ASSERT_TRUE(put_subject_keys(*copy, to.kv, to.slots));
  const auto there = to.open();
  EXPECT_TRUE(there->has_erased());
  EXPECT_EQ(there->module_key(kModule)->bytes(), of_module.bytes());
  for (std::size_t i = 0; i < made.size(); ++i) {
    EXPECT_EQ(found(*there, "account/" + std::to_string(i)), i % 100 == 0 ? "erased" : made[i]);
  }
  EXPECT_EQ(there->erase("account/100", kNow + std::chrono::hours(1)).value(), kNow)
      << "it is still known when";
  EXPECT_EQ(to.copy().value(), *copy);
}

TEST_F(SubjectKeysCopy, OfNothingIsNothing) {
  from.open();
  ASSERT_TRUE(put_subject_keys(from.copy().value(), to.kv, to.slots));
  EXPECT_FALSE(to.open()->has_erased());
  EXPECT_FALSE(master.key) << "nobody has asked for one";
}

TEST_F(SubjectKeysCopy, NeedsTheSameMasterKey) {
  auto keys = from.open();
  key_of(*keys, "account/ann");
  ASSERT_TRUE(keys->flush());
  ASSERT_TRUE(put_subject_keys(from.copy().value(), to.kv, to.slots));
  master.key = std::string(32, 'x');
  const auto opened = SubjectKeys::open(to.kv, to.slots, master);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("is not the one"));
}

TEST_F(SubjectKeysCopy, NamesASubjectWhoseKeyIsDamaged) {
  auto keys = from.open();
  key_of(*keys, "account/ann");
  ASSERT_TRUE(keys->flush());
  ASSERT_TRUE(from.slots.wipe(0));
  const auto copy = from.copy();
  ASSERT_FALSE(copy);
  EXPECT_EQ(copy.error().code, Code::kDataLoss);
  EXPECT_THAT(copy.error().message, HasSubstr("account/ann"));
}

// Slots in which a key is destroyed at the moment it is read.
class Overtaken final : public KeySlots {
 public:
  Overtaken(KeySlots& slots, SubjectKeys& keys) : slots_(slots), keys_(keys) {}
  Result<std::uint64_t> append(const std::vector<std::string>& wrapped) override {
    return slots_.append(wrapped);
  }
  Result<std::string> read(std::uint64_t slot) const override {
    EXPECT_TRUE(keys_.erase("account/ann", kNow));
    return slots_.read(slot);
  }
  Result<void> wipe(std::uint64_t slot) override { return slots_.wipe(slot); }

 private:
  KeySlots& slots_;
  SubjectKeys& keys_;
};

TEST_F(SubjectKeysCopy, SaysErasedOfAKeyThatIsDestroyedMeanwhile) {
  auto keys = from.open();
  key_of(*keys, "account/ann");
  ASSERT_TRUE(keys->flush());
  const Overtaken slots(from.slots, *keys);
  std::string copy;
  ASSERT_TRUE(copy_subject_keys(from.kv, slots, [&](std::string_view piece) {
    copy += piece;
    return Result<void>();
  }));
  ASSERT_TRUE(put_subject_keys(copy, to.kv, to.slots));
  EXPECT_EQ(found(*to.open(), "account/ann"), "erased");
}

TEST_F(SubjectKeysCopy, ThatIsNoneIsRefused) {
  EXPECT_EQ(put_subject_keys("garbage", to.kv, to.slots).error().code, Code::kDataLoss);
  events::v1::KeyCopy copy;
  auto& key = *copy.add_subjects();
  key.set_subject("account/ann");
  key.set_wrapped("short");
  const auto put = put_subject_keys(copy.SerializeAsString(), to.kv, to.slots);
  ASSERT_FALSE(put);
  EXPECT_THAT(put.error().message, HasSubstr("account/ann"));
}

}  // namespace
}  // namespace mt::test
