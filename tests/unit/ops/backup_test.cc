#include "ops/backup/backup.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "ops/backup/backup_folder.h"
#include "ops/data/stored_log.h"
#include "tests/fixture/archived_logs.h"
#include "tests/fixture/file_content.h"
#include "tests/fixture/temp_folder.h"

namespace mt {
namespace {

namespace fs = std::filesystem;

using test::content_of;
using testing::HasSubstr;

const ModuleName kModule{"mod_main"};
const ModuleName kOther{"sys_core"};
const Time kNow{std::chrono::seconds(1'800'000'000)};

void write(const fs::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary) << content;
}

class BackupTest : public testing::Test {
 protected:
  BackupTest() {
    test::append_random(log, kModule, 5, random);
    test::append_random(log, kOther, 3, random);
  }

  Result<ops::v1::BackupStep> back_up(bool incremental = false) {
    return mt::back_up(store_of(log), backup, {incremental, secrets_of}, kNow, {});
  }
  void must_back_up(bool incremental = false) {
    const auto step = back_up(incremental);
    ASSERT_TRUE(step) << step.error().message;
  }
  Result<std::vector<RestoredLog>> restore(const ImportLimits& limits = {}) {
    return restore_backup(backup, into, limits, {});
  }
  std::string restored() {
    const auto opened = open_stored_log(into);
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? test::archive_of(**opened) : "";
  }
  std::string refusal() {
    const auto verified = verify_backup(backup, {});
    if (verified) return "";
    EXPECT_EQ(verified.error().code, Code::kDataLoss) << verified.error().message;
    const auto made = restore();
    EXPECT_FALSE(made) << "what is not sound is not restored";
    EXPECT_FALSE(fs::exists(into / "format"));
    return verified.error().message;
  }
  std::vector<fs::path> files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(backup)) files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
  }

  test::TempFolder folder;
  const fs::path backup = folder.path() / "backup";
  const fs::path into = folder.path() / "restored";
  std::optional<fs::path> secrets_of;
  test::RandomCommits random{3};
  MemoryLog log;
};

TEST_F(BackupTest, IsRestoredToTheSameLogs) {
  must_back_up();
  const auto verified = verify_backup(backup, {});
  ASSERT_TRUE(verified) << verified.error().message;
  const auto made = restore();
  ASSERT_TRUE(made) << made.error().message;
  ASSERT_EQ(made->size(), 2u);
  EXPECT_EQ((*made)[0].end, (LogEnd{anchor_of(log, kModule).value(), 5}));
  EXPECT_EQ(restored(), test::archive_of(log));
  EXPECT_EQ(fs::status(into).permissions(), fs::perms::owner_all);
}

TEST_F(BackupTest, GrowsByWhatIsNew) {
  must_back_up();
  must_back_up(true);
  EXPECT_EQ(files().size(), 3u) << "nothing was new";
  test::append_random(log, kModule, 2, random);
  const ModuleName later{"mod_later"};
  test::append_random(log, later, 2, random);
  const auto step = back_up(true);
  ASSERT_TRUE(step) << step.error().message;
  ASSERT_EQ(step->logs_size(), 2);
  EXPECT_EQ(step->logs(0).module(), "mod_later");
  EXPECT_EQ(step->logs(1).commits(), 2u);
  ASSERT_TRUE(restore());
  EXPECT_EQ(restored(), test::archive_of(log));
}

TEST_F(BackupTest, OfAnEmptyLogRestoresAnEmptyLog) {
  test::append_random(log, {"mod_empty"}, 0, random);
  must_back_up();
  ASSERT_TRUE(restore());
  EXPECT_EQ(restored(), test::archive_of(log));
  test::append_random(log, {"mod_empty"}, 1, random);
  must_back_up(true);
  EXPECT_EQ(refusal(), "");
}

TEST_F(BackupTest, RefusesToGoOnBehindAnotherHistory) {
  must_back_up();
  MemoryLog other;
  test::append_random(other, kModule, 6, random);
  test::append_random(other, kOther, 3, random);
  const auto step = mt::back_up(store_of(other), backup, {true, {}}, kNow, {});
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(step.error().message, HasSubstr("make a full backup in a new folder"));
  EXPECT_EQ(refusal(), "") << "the backup is as it was";

  MemoryLog shorter;
  test::append_random(shorter, kModule, 1, random);
  const auto lost = mt::back_up(store_of(shorter), backup, {true, {}}, kNow, {});
  ASSERT_FALSE(lost);
  EXPECT_THAT(lost.error().message, HasSubstr("its end has been lost"));
}

TEST_F(BackupTest, WritesIntoNoFolderOfOthers) {
  fs::create_directories(backup);
  write(backup / "letter.txt", "dear");
  const auto step = back_up();
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(step.error().message, HasSubstr("holds 'letter.txt'"));
  EXPECT_EQ(content_of(backup / "letter.txt"), "dear");
}

TEST_F(BackupTest, IsNeverOverwritten) {
  must_back_up();
  EXPECT_EQ(back_up().error().code, Code::kAlreadyExists);
  const auto none = mt::back_up(store_of(log), folder.path() / "new", {true, {}}, kNow, {});
  EXPECT_EQ(none.error().code, Code::kNotFound);
}

TEST_F(BackupTest, ThatWasCutShortIsBegunAgain) {
  must_back_up();
  const std::string whole = content_of(files()[0]);
  fs::remove(backup / "manifest.json");
  write(files()[0], whole.substr(0, 100));
  write(backup / "manifest.json.part", "{");
  must_back_up();
  EXPECT_EQ(files().size(), 3u) << "what was left is gone";
  EXPECT_EQ(refusal(), "");
}

TEST_F(BackupTest, IsRefusedWhereverOneOfItsFilesIsCut) {
  must_back_up();
  for (const fs::path& file : files()) {
    const std::string whole = content_of(file);
    for (std::size_t size = 0; size < whole.size(); size += 1 + size / 16) {
      write(file, whole.substr(0, size));
      EXPECT_NE(refusal(), "") << file << " cut at " << size;
    }
    fs::remove(file);
    if (file.filename() != "manifest.json") {
      EXPECT_THAT(refusal(), HasSubstr("lacks its file " + file.string()));
    }
    write(file, whole);
  }
  EXPECT_EQ(refusal(), "");
}

TEST_F(BackupTest, IsRefusedWhicheverByteOfItsFilesHasChanged) {
  must_back_up();
  for (const fs::path& file : files()) {
    const std::string whole = content_of(file);
    for (std::size_t at = 0; at < whole.size(); at += 37) {
      // White space in the manifest says nothing.
      if (whole[at] == ' ' || whole[at] == '\n') continue;
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      write(file, changed);
      const auto verified = verify_backup(backup, {});
      EXPECT_FALSE(verified) << file << " changed at " << at;
    }
    write(file, whole);
  }
  EXPECT_EQ(refusal(), "");
}

TEST_F(BackupTest, WhoseFilesAreOfAnotherBackupIsRefused) {
  must_back_up();
  test::append_random(log, kModule, 1, random);
  must_back_up(true);
  const std::string part = content_of(files()[1]);
  const std::string full = content_of(files()[0]);
  write(files()[0], part);
  write(files()[1], full);
  EXPECT_THAT(refusal(), HasSubstr(files()[0].string()));
}

TEST_F(BackupTest, IsRestoredUpToAPosition) {
  must_back_up();
  const CommitRecord third = log.at(kModule, log.at(kModule, {1}).value().last() + 1).value();
  ImportLimits limits;
  limits.up_to[kModule] = third.last();
  ASSERT_TRUE(restore(limits));
  const auto made = open_stored_log(into).value();
  EXPECT_EQ(made->head(kModule), third.last());
  EXPECT_EQ(made->at(kModule, third.last())->hash, third.hash);
  EXPECT_EQ(made->head(kOther), log.head(kOther));
}

TEST_F(BackupTest, KnowsNoPositionBeyondItsEnd) {
  must_back_up();
  ImportLimits limits;
  limits.up_to[kModule] = log.head(kModule) + 1;
  const auto made = restore(limits);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kNotFound);
  EXPECT_THAT(made.error().message, HasSubstr("beyond the end of the backup of mod_main"));
  EXPECT_FALSE(fs::exists(into)) << "nothing was made";
  limits.up_to = {{{"mod_none"}, {1}}};
  EXPECT_EQ(restore(limits).error().code, Code::kNotFound);
}

TEST_F(BackupTest, IsRestoredUpToATime) {
  must_back_up();
  const CommitRecord first = log.at(kModule, {1}).value();
  ImportLimits limits;
  limits.until = first.time;
  ASSERT_TRUE(restore(limits));
  const auto made = open_stored_log(into).value();
  EXPECT_EQ(made->head(kModule), first.last());
}

TEST_F(BackupTest, IsRestoredIntoNewFoldersOnly) {
  must_back_up();
  ASSERT_TRUE(restore());
  const auto again = restore();
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::kFailedPrecondition);
  EXPECT_THAT(again.error().message, HasSubstr("name one that is new or empty"));
  EXPECT_EQ(restored(), test::archive_of(log)) << "it was not touched";
}

TEST_F(BackupTest, AHalfMadeRestoreIsNoDataFolderAndIsBegunAgain) {
  must_back_up();
  ASSERT_TRUE(restore());
  fs::rename(into / "format", into / "format.unfinished");
  EXPECT_EQ(open_stored_log(into).error().code, Code::kNotFound);
  fs::resize_file(into / "events/data.mdb", 5'000);
  const auto made = restore();
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(restored(), test::archive_of(log));
}

TEST_F(BackupTest, KeepsSecretsWhenItIsAskedTo) {
  secrets_of = folder.path() / "data";
  const fs::path secrets = *secrets_of / "secrets";
  fs::create_directories(secrets);
  write(secrets / "sys_accounts.key", "first");
  must_back_up();
  write(secrets / "sys_accounts.key", "second");
  must_back_up(true);
  ASSERT_TRUE(restore());
  EXPECT_EQ(content_of(into / "secrets/sys_accounts.key"), "second");
  EXPECT_EQ(fs::status(into / "secrets/sys_accounts.key").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  write(backup / "0-sys_accounts.key.secret", "other");
  EXPECT_EQ(verify_backup(backup, {}).error().code, Code::kDataLoss);
}

TEST_F(BackupTest, OfALogThatGrowsMeanwhileEndsAtTheCut) {
  const std::string before = test::archive_of(log);
  LogStore growing = store_of(log);
  const auto read = growing.read;
  growing.read = [&](const ModuleName& module, LogRange range, const ByteSink& sink) {
    for (const ModuleName& each : {kModule, kOther}) test::append_random(log, each, 1, random);
    return read(module, range, sink);
  };
  ASSERT_TRUE(mt::back_up(growing, backup, {}, kNow, {}));
  ASSERT_TRUE(restore());
  EXPECT_EQ(restored(), before);
}

TEST_F(BackupTest, OfADamagedLogNamesTheRecordAndLeavesNoBackup) {
  log.bytes_at(kModule, {1})[50] ^= 1;
  const auto step = back_up();
  ASSERT_FALSE(step);
  EXPECT_EQ(step.error().code, Code::kDataLoss);
  EXPECT_THAT(step.error().message, HasSubstr("position 1 of mod_main"));
  EXPECT_EQ(verify_backup(backup, {}).error().code, Code::kNotFound);
}

TEST_F(BackupTest, IsWrittenByOneAtATime) {
  must_back_up();
  const auto held = BackupFolder::open_to_write(backup);
  ASSERT_TRUE(held);
  const auto step = back_up(true);
  ASSERT_FALSE(step);
  EXPECT_THAT(step.error().message, HasSubstr("another process writes the backup"));
}

}  // namespace
}  // namespace mt
