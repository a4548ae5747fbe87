#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "events/archive/archive_format.h"
#include "events/byte_order.h"
#include "tests/fixture/archived_logs.h"

namespace mt {
namespace {

using test::archive_of;
using test::import_archive;
using testing::HasSubstr;

const ModuleName kModule{"mod_main"};
const ModuleName kOther{"sys_core"};
const ModuleName kEmpty{"sys_none"};

class ArchiveTest : public testing::Test {
 protected:
  ArchiveTest() {
    test::append_random(log, kModule, 6, random);
    test::append_random(log, kOther, 3, random);
    test::append_random(log, kEmpty, 0, random);
  }

  Anchor end_of(const EventLog& of, const ModuleName& module) {
    return anchor_of(of, module).value();
  }
  // Ends of the module's commits, in order.
  std::vector<Position> ends() {
    std::vector<Position> ends;
    EXPECT_TRUE(log.scan(kModule, {1}, [&](const CommitRecord& record) {
      ends.push_back(record.last());
      return Scan::kGoOn;
    }));
    return ends;
  }

  test::RandomCommits random{7};
  MemoryLog log;
  MemoryLog copy;
  ImportLimits all;
};

// Ignores what it is given.
struct Nobody final : LogReceiver {
  Result<void> begin(const LogBegin&) override { return {}; }
  Result<void> take(const CommitRecord&, std::string_view) override { return {}; }
  Result<void> end(const LogEnd&) override { return {}; }
  Result<void> finish() override { return {}; }
};

std::string refusal(std::string_view bytes) {
  Nobody nobody;
  const auto read = import_archive(bytes, nobody);
  if (read) return "";
  EXPECT_EQ(read.error().code, Code::kDataLoss) << read.error().message;
  return read.error().message;
}

TEST_F(ArchiveTest, GivesBackTheSameLogsInWhateverPiecesItIsRead) {
  const std::string bytes = archive_of(log);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{13}, bytes.size()}) {
    MemoryLog made;
    LogImport import(made, all);
    const auto read = import_archive(bytes, import, piece);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(made.heads(), log.heads());
    EXPECT_EQ(archive_of(made), bytes) << "the records are the same, byte by byte";
    EXPECT_EQ(import.ends().at(kModule), (LogEnd{end_of(log, kModule), 6}));
    EXPECT_EQ(import.ends().at(kEmpty), (LogEnd{{kEmpty, {}, {}}, 0}));
  }
}

TEST_F(ArchiveTest, IsRefusedWhereverItIsCut) {
  const std::string bytes = archive_of(log);
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_NE(refusal(bytes.substr(0, size)), "") << "cut at byte " << size;
  EXPECT_EQ(refusal(bytes), "");
  EXPECT_THAT(refusal(bytes.substr(0, bytes.size() - 1)),
              HasSubstr("cut short: it ends behind position 0 of sys_none's log"));
  EXPECT_THAT(refusal(bytes + "x"), HasSubstr("something follows"));
}

TEST_F(ArchiveTest, IsRefusedWhicheverBitHasChanged) {
  std::string bytes = archive_of(log);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    ASSERT_NE(refusal(bytes), "") << "byte " << bit / 8;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  }
}

TEST_F(ArchiveTest, SaysWhatTheFileIsWhenItIsNone) {
  EXPECT_THAT(refusal("{\"begins\":{}}"), HasSubstr("no archive of logs"));
  std::string later = archive_of(log);
  later[kArchiveMark.size() - 1] = 2;
  EXPECT_THAT(refusal(later), HasSubstr("a format that this version of the program does not know"));
}

// Each frame is whole and the checksum of the file holds: whoever made it knew the format.
TEST_F(ArchiveTest, OfWhichARecordWasLeftOutNamesTheGap) {
  MemoryLog one;
  test::append_random(one, kModule, 3, random);
  std::vector<std::string> stored;
  std::vector<CommitRecord> records;
  ASSERT_TRUE(
      one.scan_stored(kModule, {1}, [&](const CommitRecord& record, std::string_view bytes) {
        records.push_back(record);
        stored.emplace_back(bytes);
        return Scan::kGoOn;
      }));
  std::string bytes;
  ArchiveWriter writer([&bytes](std::string_view piece) {
    bytes += piece;
    return Result<void>();
  });
  ASSERT_TRUE(writer.begin({kModule, {1}, {}}));
  ASSERT_TRUE(writer.take(records[0], stored[0]));
  ASSERT_TRUE(writer.take(records[2], stored[2]));
  ASSERT_TRUE(writer.end({end_of(one, kModule), 2}));
  ASSERT_TRUE(writer.finish());
  EXPECT_THAT(refusal(bytes),
              HasSubstr("the log of mod_main has a gap: position " +
                        std::to_string(records[2].first.value) + " follows position " +
                        std::to_string(records[0].last().value)));
}

TEST_F(ArchiveTest, OfWhichARecordWasForgedNamesIt) {
  std::string bytes;
  ArchiveWriter writer([&bytes](std::string_view piece) {
    bytes += piece;
    return Result<void>();
  });
  // A record of another history, sound in itself.
  MemoryLog other;
  test::append_random(other, kModule, 2, random);
  Result<void> written = writer.begin({kModule, {1}, {}});
  std::size_t records = 0;
  for (const MemoryLog* from : {&log, &other}) {
    ASSERT_TRUE(
        from->scan_stored(kModule, {1}, [&](const CommitRecord& record, std::string_view s) {
          CommitRecord moved = record;
          moved.first = records == 0 ? Position{1} : ends()[0] + 1;
          if (records < 2) written = writer.take(moved, s);
          ++records;
          return records == 1 ? Scan::kStop : Scan::kGoOn;
        }));
  }
  ASSERT_TRUE(writer.end({end_of(log, kModule), 2}));
  ASSERT_TRUE(writer.finish());
  const std::string why = refusal(bytes);
  EXPECT_THAT(why, HasSubstr("the record at position " + std::to_string(ends()[0].value + 1) +
                             " of mod_main's log is damaged: its hash does not follow"));
  EXPECT_THAT(why, testing::Not(HasSubstr("restore the events folder"))) << "it is no folder";
}

TEST_F(ArchiveTest, OfARangeHoldsWholeCommits) {
  const std::vector<Position> at = ends();
  const auto range_of = [&](LogRange range) {
    struct Seen final : LogReceiver {
      Result<void> begin(const LogBegin& log) override { return begun = log, Result<void>(); }
      Result<void> take(const CommitRecord&, std::string_view) override { return {}; }
      Result<void> end(const LogEnd& log) override { return ended = log, Result<void>(); }
      Result<void> finish() override { return {}; }
      LogBegin begun;
      LogEnd ended;
    } seen;
    const auto exported = export_log(log, kModule, range, seen);
    EXPECT_TRUE(exported) << exported.error().message;
    EXPECT_EQ(exported->end, seen.ended.end);
    return std::pair{seen.begun.first, seen.ended.end.position};
  };
  EXPECT_EQ(range_of({}), (std::pair{Position{1}, at[5]}));
  EXPECT_EQ(range_of({at[1] + 1, at[3]}), (std::pair{at[1] + 1, at[3]}));
  EXPECT_EQ(range_of({at[2], at[3]}), (std::pair{at[1] + 1, at[3]})) << "from within a commit";
  EXPECT_EQ(range_of({{1}, at[0]}), (std::pair{Position{1}, at[0]}));
  Nobody nobody;
  for (const LogRange range : {LogRange{at[5] + 1, {}}, LogRange{{}, at[5] + 1}}) {
    const auto exported = export_log(log, kModule, range, nobody);
    ASSERT_FALSE(exported);
    EXPECT_EQ(exported.error().code, Code::kNotFound);
    EXPECT_THAT(exported.error().message, HasSubstr("is beyond the end of mod_main's log"));
  }
}

TEST_F(ArchiveTest, OfADamagedLogIsNotWritten) {
  log.bytes_at(kModule, ends()[1] + 1)[40] ^= 1;
  Nobody nobody;
  const auto exported = export_log(log, kModule, {}, nobody);
  ASSERT_FALSE(exported);
  EXPECT_EQ(exported.error().code, Code::kDataLoss);
}

TEST_F(ArchiveTest, PartsAreImportedOneBehindTheOther) {
  const std::vector<Position> at = ends();
  LogImport import(copy, all);
  ASSERT_TRUE(import_archive(archive_of(log, {{}, {}}), import));
  test::append_random(log, kModule, 4, random);
  const auto import_from = [&](Position from) {
    std::string bytes;
    ArchiveWriter writer([&bytes](std::string_view piece) {
      bytes += piece;
      return Result<void>();
    });
    EXPECT_TRUE(export_log(log, kModule, {from, {}}, writer));
    EXPECT_TRUE(writer.finish());
    return import_archive(bytes, import);
  };
  const Position second = log.at(kModule, at[5] + 1).value().last() + 1;
  EXPECT_THAT(import_from(second).error().message, HasSubstr("has a gap"));
  EXPECT_THAT(import_from(at[4] + 1).error().message, HasSubstr("has a gap"));
  ASSERT_TRUE(import_from(at[5] + 1));
  EXPECT_EQ(archive_of(copy), archive_of(log));
  EXPECT_EQ(import.ends().at(kModule).records, 10u);
}

TEST_F(ArchiveTest, APartOfAnotherHistoryIsRefused) {
  LogImport import(copy, all);
  ASSERT_TRUE(import_archive(archive_of(log), import));
  const LogBegin forged{kModule, ends()[5] + 1, {}};
  const auto begun = import.begin(forged);
  ASSERT_FALSE(begun);
  EXPECT_THAT(begun.error().message, HasSubstr("is of another history"));
}

TEST_F(ArchiveTest, IsImportedUpToAPosition) {
  const std::vector<Position> at = ends();
  ImportLimits limits;
  // Within the fourth commit, unless it has one event.
  limits.up_to[kModule] = at[3] + (at[4].value - at[3].value - 1);
  LogImport import(copy, limits);
  ASSERT_TRUE(import_archive(archive_of(log), import));
  EXPECT_EQ(copy.head(kModule), at[3]);
  EXPECT_EQ(copy.head(kOther), log.head(kOther));
  EXPECT_EQ(import.ends().at(kModule).end.position, at[3]);
  EXPECT_EQ(import.offered().at(kModule), (LogEnd{end_of(log, kModule), 6}));
  // A later part adds nothing to a log that was stopped.
  test::append_random(log, kModule, 1, random);
  std::string later;
  ArchiveWriter writer([&later](std::string_view piece) {
    later += piece;
    return Result<void>();
  });
  ASSERT_TRUE(export_log(log, kModule, {at[5] + 1, {}}, writer));
  ASSERT_TRUE(writer.finish());
  ASSERT_TRUE(import_archive(later, import));
  EXPECT_EQ(copy.head(kModule), at[3]);
}

TEST_F(ArchiveTest, IsImportedUpToATime) {
  ImportLimits limits;
  const std::vector<Position> at = ends();
  limits.until = log.at(kModule, at[2]).value().time;
  LogImport import(copy, limits);
  ASSERT_TRUE(import_archive(archive_of(log), import));
  EXPECT_EQ(copy.head(kModule), at[2]);
}

TEST_F(ArchiveTest, SaysWhenALogIsThereTwice) {
  std::string bytes;
  ArchiveWriter writer([&bytes](std::string_view piece) {
    bytes += piece;
    return Result<void>();
  });
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(export_log(log, kOther, {}, writer));
  ASSERT_TRUE(writer.finish());
  EXPECT_THAT(refusal(bytes), HasSubstr("the log of sys_core is there twice"));
}

}  // namespace
}  // namespace mt
