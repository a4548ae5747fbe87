#include "ops/runtime/data_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "ops/data/folder_file.h"
#include "tests/fixture/file_content.h"
#include "tests/fixture/temp_folder.h"

namespace mt::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

mode_t mode_of(const fs::path& path) {
  struct stat found {};
  EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 07777;
}

std::string refusal(const fs::path& folder) {
  const auto opened = DataFolder::open(folder);
  return opened ? "" : opened.error().message;
}

class DataFolderTest : public testing::Test {
 protected:
  fs::path data() const { return temp_.path() / "deep" / "data"; }

  // As somebody else left it.
  void put(const std::string& name, const std::string& content) const {
    fs::create_directories(data());
    std::ofstream(data() / name) << content;
  }

  TempFolder temp_;
};

TEST_F(DataFolderTest, IsMadeForItsOwnerAlone) {
  const auto opened = DataFolder::open(data());
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(content_of(data() / "format"), "maintemplate 1\n");
  EXPECT_EQ(content_of(data() / "lock"), std::to_string(getpid()) + "\n");
  EXPECT_EQ(mode_of(data()), 0700u);
  EXPECT_EQ(mode_of(data() / "secrets"), 0700u);
  EXPECT_EQ(mode_of(data() / "format"), 0600u);
  EXPECT_EQ(mode_of(data() / "lock"), 0600u);
  EXPECT_FALSE(fs::exists(data() / "format.new"));
}

TEST_F(DataFolderTest, CanBeOpenedAgainAfterItsContainerEnded) {
  ASSERT_TRUE(DataFolder::open(data()));
  EXPECT_EQ(refusal(data()), "");
}

TEST_F(DataFolderTest, IsClosedToOthersWhenItWasMadeByHand) {
  fs::create_directories(data());
  fs::permissions(data(), fs::perms(0755));
  ASSERT_TRUE(DataFolder::open(data()));
  EXPECT_EQ(mode_of(data()), 0700u);
}

TEST_F(DataFolderTest, RefusesASecondContainerNamingTheFirst) {
  const auto first = DataFolder::open(data());
  ASSERT_TRUE(first);
  const auto second = DataFolder::open(data());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::kUnavailable);
  EXPECT_EQ(second.error().message, "another container runs on " + data().string() + ", process " +
                                        std::to_string(getpid()) +
                                        "; stop that one, or choose another folder");
}

TEST_F(DataFolderTest, RefusesAnotherFormatAndTouchesNothing) {
  put("format", "maintemplate 2\n");
  fs::permissions(data(), fs::perms(0755));
  const auto opened = DataFolder::open(data());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(opened.error().message, HasSubstr("has the format 'maintemplate 2'"));
  EXPECT_EQ(std::distance(fs::directory_iterator(data()), {}), 1);
  EXPECT_EQ(mode_of(data()), 0755u);
}

TEST_F(DataFolderTest, RefusesAFormatThatWasCutOff) {
  put("format", "maintem");
  EXPECT_THAT(refusal(data()), HasSubstr("has the format 'maintem'"));
}

TEST_F(DataFolderTest, RefusesAFolderOfOtherFilesAndTouchesNothing) {
  put("letter.txt", "Dear all");
  EXPECT_THAT(refusal(data()), HasSubstr("holds 'letter.txt' but no file 'format'"));
  EXPECT_EQ(std::distance(fs::directory_iterator(data()), {}), 1);
}

TEST_F(DataFolderTest, GoesOnWhereAFirstStartWasCutOff) {
  put("lock", "1\n");
  put("format.new", "maint");
  ASSERT_EQ(refusal(data()), "");
  EXPECT_EQ(content_of(data() / "format"), "maintemplate 1\n");
  EXPECT_FALSE(fs::exists(data() / "format.new"));
}

TEST_F(DataFolderTest, RefusesAFileInItsPlace) {
  fs::create_directories(data().parent_path());
  std::ofstream(data()) << "x";
  EXPECT_THAT(refusal(data()), HasSubstr("a file is in its place"));
}

TEST_F(DataFolderTest, NamesTheFolderThatCannotBeMade) {
  EXPECT_THAT(refusal("/proc/nowhere/data"), HasSubstr("cannot make data folder /proc/nowhere"));
}

TEST_F(DataFolderTest, SmallFilesAreNeverReplaced) {
  const fs::path file = temp_.path() / "once";
  ASSERT_TRUE(make_small_file(file, "first"));
  const auto again = make_small_file(file, "second");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kAlreadyExists);
  EXPECT_EQ(content_of(file), "first");
}

TEST_F(DataFolderTest, SmallFilesHaveABound) {
  std::ofstream(temp_.path() / "long") << std::string((64 << 10) + 1, 'x');
  EXPECT_THAT(read_small_file(temp_.path() / "long").error().message, HasSubstr("too long"));
}

}  // namespace
}  // namespace mt::test
