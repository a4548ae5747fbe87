#include "events/key_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/fixture/file_content.h"
#include "tests/fixture/temp_folder.h"

namespace mt::test {
namespace {

std::string slot_of(char c) { return std::string(KeySlots::kSlotBytes, c); }

class KeyFileTest : public testing::Test {
 protected:
  KeyFileTest() { open(); }

  void open() {
    keys.reset();
    keys = KeyFile::open(path).value();
  }
  std::string content() const { return content_of(path); }

  TempFolder folder;
  const std::filesystem::path path = folder.path() / "wrapped";
  std::unique_ptr<KeyFile> keys;
};

TEST_F(KeyFileTest, KeepsWhatWasPutIntoItsSlots) {
  EXPECT_EQ(keys->append({slot_of('a'), slot_of('b')}).value(), 0u);
  EXPECT_EQ(keys->append({slot_of('c')}).value(), 2u);
  open();
  EXPECT_EQ(keys->append({slot_of('d')}).value(), 3u);
  EXPECT_EQ(keys->read(1).value(), slot_of('b'));
  EXPECT_EQ(keys->read(3).value(), slot_of('d'));
  EXPECT_EQ(keys->read(4).error().code, Code::kDataLoss);
}

TEST_F(KeyFileTest, IsItsOwnersAlone) {
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(KeyFileTest, LeavesNothingOfAWipedSlot) {
  ASSERT_TRUE(keys->append({slot_of('a'), slot_of('b'), slot_of('c')}));
  ASSERT_TRUE(keys->wipe(1));
  ASSERT_TRUE(keys->wipe(1));
  EXPECT_EQ(content(), slot_of('a') + slot_of('\0') + slot_of('c'));
  EXPECT_EQ(keys->append({slot_of('d')}).value(), 3u) << "it is not used again";
}

TEST_F(KeyFileTest, PassesOverWhatACutOffAppendHasLeft) {
  ASSERT_TRUE(keys->append({slot_of('a')}));
  std::ofstream(path, std::ios::binary | std::ios::app) << "cut off";
  open();
  EXPECT_EQ(keys->append({slot_of('b')}).value(), 2u);
  EXPECT_EQ(keys->read(0).value(), slot_of('a'));
  EXPECT_EQ(keys->read(2).value(), slot_of('b'));
}

TEST_F(KeyFileTest, TakesUpAgainAfterAFullDisk) {
  ASSERT_TRUE(keys->append({slot_of('a')}));
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit full{2 * KeySlots::kSlotBytes + 5, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &full), 0);
  const auto refused = keys->append({slot_of('b'), slot_of('c')});
  ASSERT_TRUE(keys->wipe(0)) << "needs no room";
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kResourceExhausted) << refused.error().message;
  EXPECT_EQ(keys->append({slot_of('d')}).value(), 1u);
  EXPECT_EQ(content(), slot_of('\0') + slot_of('d'));
}

}  // namespace
}  // namespace mt::test
