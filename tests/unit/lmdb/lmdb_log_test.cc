#include "events/lmdb/lmdb_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/fixture/file_content.h"
#include "tests/unit/lmdb/stored_log.h"

namespace mt {
namespace {

using test::kModule;
using test::StoredLog;
using testing::HasSubstr;

TEST(LmdbLog, FindsEverythingAgainAfterEachReopening) {
  StoredLog stored;
  std::vector<Position> firsts;
  for (std::uint64_t i = 0; i < 12; ++i) {
    EXPECT_EQ(stored.log().head(kModule), Position{2 * i});
    ASSERT_TRUE(stored.append(2));
    ASSERT_TRUE(stored.reopen());
    ASSERT_TRUE(stored.scan({1}, firsts));
    EXPECT_EQ(firsts.size(), i + 1);
  }
}

TEST(LmdbLog, AStartWithoutAppendsWritesNothing) {
  StoredLog stored;
  ASSERT_TRUE(stored.append());
  stored.close();
  const auto written = std::filesystem::last_write_time(stored.folder() / "data.mdb");
  const auto bytes = [&] { return test::content_of(stored.folder() / "data.mdb"); };
  const std::string before = bytes();
  ASSERT_TRUE(stored.open());
  stored.close();
  EXPECT_EQ(std::filesystem::last_write_time(stored.folder() / "data.mdb"), written);
  EXPECT_EQ(bytes(), before);
}

TEST(LmdbLog, AFullMapFailsTheAppendAndEveryLaterOne) {
  StoredLog stored;
  ASSERT_TRUE(stored.append());
  stored.close();
  LmdbOptions tiny = test::small_map();
  tiny.map_bytes = 256 << 10;
  ASSERT_TRUE(stored.open(tiny));
  Result<void> outcome;
  while (outcome) outcome = stored.append(1, 10'000);
  EXPECT_EQ(outcome.error().code, Code::kResourceExhausted);
  EXPECT_THAT(outcome.error().message, HasSubstr("raise the size of the memory map"));
  const Position head = stored.log().head(kModule);
  EXPECT_GT(head, Position{3});

  const auto later = stored.append();
  ASSERT_FALSE(later) << "also when it would find room";
  EXPECT_EQ(later.error().code, Code::kUnavailable);
  EXPECT_EQ(stored.log().head(kModule), head);
  std::vector<Position> firsts;
  EXPECT_TRUE(stored.scan({1}, firsts)) << "reading goes on";
  EXPECT_EQ(firsts.size(), head.value);

  ASSERT_TRUE(stored.reopen());
  EXPECT_EQ(stored.log().head(kModule), head);
  EXPECT_TRUE(stored.append());
}

TEST(LmdbLog, OneProcessOpensAFolderOnce) {
  StoredLog stored;
  const auto link = stored.folder().parent_path() / "link";
  std::filesystem::create_directory_symlink(stored.folder(), link);
  for (const auto& path : {stored.folder(), link}) {
    const auto again = LmdbLog::open_environment(path, test::small_map());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, Code::kFailedPrecondition);
    EXPECT_THAT(again.error().message, HasSubstr(path.string()));
  }
  stored.close();
  EXPECT_TRUE(LmdbLog::open_environment(link, test::small_map()));
  EXPECT_TRUE(stored.open());
}

TEST(LmdbLog, SaysWhichFolderItCannotUse) {
  const test::TempFolder folder;
  std::ofstream(folder.path() / "file") << "no folder";
  const auto below_file = LmdbLog::open_environment(folder.path() / "file" / "events", {});
  ASSERT_FALSE(below_file);
  EXPECT_EQ(below_file.error().code, Code::kUnavailable);
  EXPECT_THAT(below_file.error().message, HasSubstr((folder.path() / "file").string()));

  std::filesystem::create_directory(folder.path() / "foreign");
  std::ofstream(folder.path() / "foreign" / "data.mdb") << std::string(9'000, 'x');
  for (int i = 0; i < 2; ++i) {
    const auto foreign = LmdbLog::open_environment(folder.path() / "foreign", test::small_map());
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, Code::kDataLoss);
    EXPECT_THAT(foreign.error().message, HasSubstr("restore the events folder from a backup"));
  }
}

TEST(LmdbLogDeathTest, TakesNoRecordThatLeavesAGap) {
  StoredLog stored;
  ASSERT_TRUE(stored.append());
  CommitRecord gap = test::record({3}, test::commit(test::stream("a"), {1}));
  const LogAppend append{kModule, &gap};
  EXPECT_DEATH((void)stored.log().append({&append, 1}), "without a gap");
  const LogAppend unknown{{"mod_none"}, &gap};
  EXPECT_DEATH((void)stored.log().append({&unknown, 1}), "opened before it is appended to");
}

TEST(LmdbLog, OpenedToReadHoldsTheLogsOfAllModulesAndChangesNothing) {
  StoredLog stored;
  ASSERT_TRUE(stored.append(2));
  stored.close();
  const auto written = std::filesystem::last_write_time(stored.folder() / "data.mdb");
  const auto log = LmdbLog::open_to_read(stored.folder());
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_THAT((*log)->modules(), testing::ElementsAre(kModule));
  EXPECT_EQ((*log)->head(kModule), Position{2});
  EXPECT_TRUE((*log)->at(kModule, {1}));
  EXPECT_EQ(std::filesystem::last_write_time(stored.folder() / "data.mdb"), written);
}

TEST(LmdbLog, OpenedToReadMakesNoFolder) {
  StoredLog stored;
  const std::filesystem::path folder = stored.folder() / "elsewhere";
  const auto log = LmdbLog::open_to_read(folder);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, Code::kNotFound);
  EXPECT_THAT(log.error().message, HasSubstr(folder.string()));
  EXPECT_FALSE(std::filesystem::exists(folder));
}

}  // namespace
}  // namespace mt
