#include "ops/backup/ndjson.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/fixture/archived_logs.h"

namespace mt {
namespace {

using testing::HasSubstr;

const ModuleName kModule{"mod_main"};
const ModuleName kOther{"sys_core"};

class NdjsonTest : public testing::Test {
 protected:
  NdjsonTest() {
    test::append_random(log, kModule, 4, random);
    test::append_random(log, kOther, 2, random);
    NdjsonWriter writer([this](std::string_view piece) {
      text += piece;
      return Result<void>();
    });
    const auto exported = test::export_all(log, writer);
    EXPECT_TRUE(exported) << exported.error().message;
  }

  std::string refusal(std::string_view bytes) {
    MemoryLog nowhere;
    LogImport import(nowhere, all);
    NdjsonParser parser(import);
    const auto read = test::parse(parser, bytes);
    if (read) return "";
    EXPECT_EQ(read.error().code, Code::kDataLoss) << read.error().message;
    return read.error().message;
  }
  // The text with the first `old` after `mark` replaced.
  std::string with(std::string_view mark, std::string_view old, std::string_view changed) {
    std::string made = text;
    const std::size_t at = made.find(old, made.find(mark));
    EXPECT_NE(at, std::string::npos) << old;
    return made.replace(at, old.size(), changed);
  }
  std::vector<std::string> lines() {
    std::vector<std::string> lines(1);
    for (const char c : text) {
      lines.back() += c;
      if (c == '\n') lines.emplace_back();
    }
    lines.pop_back();
    return lines;
  }

  test::RandomCommits random{11};
  MemoryLog log;
  std::string text;
  ImportLimits all;
};

TEST_F(NdjsonTest, GivesBackTheSameBytesInWhateverPiecesItIsRead) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{100}, text.size()}) {
    MemoryLog made;
    LogImport import(made, all);
    NdjsonParser parser(import);
    const auto read = test::parse(parser, text, piece);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(test::archive_of(made), test::archive_of(log));
  }
}

TEST_F(NdjsonTest, ShowsPlaceAndHashesOfEachRecord) {
  const CommitRecord first = log.at(kModule, {1}).value();
  EXPECT_THAT(lines()[0], HasSubstr(R"({"begins":{"module":"mod_main","first":"1")"));
  EXPECT_THAT(lines()[1], HasSubstr(R"("position":"1")"));
  EXPECT_THAT(lines()[1], HasSubstr(R"("hash":")" + to_hex(first.hash)));
  EXPECT_THAT(lines()[1], HasSubstr(R"("time":"2023-11-14T22:13:21Z")"));
  EXPECT_THAT(lines()[1], HasSubstr(R"("entity_id":")" + first.commit.stream.id));
  EXPECT_EQ(lines().back(), "{\"complete\":{\"logs\":\"2\"}}\n");
}

TEST_F(NdjsonTest, IsRefusedWhereverItIsCut) {
  for (std::size_t size = 0; size < text.size(); size += 7)
    ASSERT_NE(refusal(text.substr(0, size)), "") << "cut at byte " << size;
  std::size_t size = 0;
  for (const std::string& line : lines()) {
    EXPECT_THAT(refusal(text.substr(0, size)), HasSubstr("is cut short")) << "cut behind a line";
    size += line.size();
  }
}

TEST_F(NdjsonTest, NamesTheLineAndThePositionOfAForgedRecord) {
  const std::string id = log.at(kModule, {1}).value().commit.stream.id;
  const std::string why = refusal(with("\"record\"", id, "i-am-another"));
  EXPECT_THAT(why, HasSubstr("line 2: the record at position 1 of mod_main's log is not what its "
                             "hash is of"));
}

TEST_F(NdjsonTest, RefusesAForgedHashWhereverItStands) {
  const std::string hash = to_hex(log.at(kModule, {1}).value().hash);
  const std::string forged(64, 'a');
  // As the record's own, and as the one that the next record follows.
  EXPECT_THAT(refusal(with("\"record\"", hash, forged)), HasSubstr("line 2: "));
  EXPECT_THAT(refusal(with("\"previous_hash\":\"" + hash, hash, forged)),
              HasSubstr("line 3: the record at position"));
  EXPECT_THAT(refusal(with("\"ends\"", "\"hash\":\"", "\"hash\":\"0")), HasSubstr("64 hex digits"));
}

TEST_F(NdjsonTest, NamesTheGapWhereARecordWasLeftOut) {
  std::vector<std::string> kept = lines();
  kept.erase(kept.begin() + 2);
  std::string left;
  for (const std::string& line : kept) left += line;
  EXPECT_THAT(refusal(left), HasSubstr("line 3: the log of mod_main has a gap: position"));
}

TEST_F(NdjsonTest, RefusesWhatIsNoLineOfALog) {
  EXPECT_THAT(refusal("{\"name\":\"x\"}\n"), HasSubstr("line 1: it is no line of a log"));
  EXPECT_THAT(refusal("{}\n"), HasSubstr("line 1: it says nothing"));
  EXPECT_THAT(refusal(text + text), HasSubstr("something follows the archive's end"));
  std::vector<std::string> shuffled = lines();
  std::string from_within;
  for (std::size_t i = 1; i < shuffled.size(); ++i) from_within += shuffled[i];
  EXPECT_THAT(refusal(from_within), HasSubstr("line 1: "));
}

}  // namespace
}  // namespace mt
