#include "ops/data/stored_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "events/lmdb/lmdb_log.h"
#include "tests/fixture/commits.h"
#include "tests/fixture/temp_folder.h"

namespace mt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

void write_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

TEST(StoredLogTest, IsReadFromADataFolder) {
  const test::TempFolder data;
  write_file(data.path() / "format", "maintemplate 1\n");
  {
    const auto log = LmdbLog::open_environment(data.path() / "events");
    ASSERT_TRUE(log && (*log)->open({"mod_main"}));
    CommitRecord record = test::record({1}, test::commit(test::stream("1"), {}, 2));
    const LogAppend append{{"mod_main"}, &record};
    ASSERT_TRUE((*log)->append({&append, 1}));
  }
  const auto log = open_stored_log(data.path());
  ASSERT_TRUE(log) << log.error().message;
  EXPECT_THAT((*log)->modules(), ElementsAre(ModuleName{"mod_main"}));
  EXPECT_EQ((*log)->head({"mod_main"}), Position{2});
}

TEST(StoredLogTest, RefusesAFolderThatIsNoDataFolder) {
  const test::TempFolder data;
  const auto log = open_stored_log(data.path());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, Code::kNotFound);
  EXPECT_THAT(log.error().message, HasSubstr("is no data folder"));
}

TEST(StoredLogTest, RefusesAnotherFormat) {
  const test::TempFolder data;
  write_file(data.path() / "format", "maintemplate 9\n");
  const auto log = open_stored_log(data.path());
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(log.error().message, HasSubstr("'maintemplate 9'"));
}

}  // namespace
}  // namespace mt
