#include "ops/runtime/bootstrap_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "tests/fixture/temp_folder.h"

namespace mt::test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

const ModuleName kA{"mod_a"};
const ModuleName kB{"mod_b"};

std::string header(const std::string& module, const std::string& set, std::uint64_t commands,
                   const std::string& needs = "") {
  return R"({"set":")" + set + R"(","module":")" + module +
         R"(","title":"A set","demo":true,"commands":)" + std::to_string(commands) +
         R"(,"needs":[)" + needs + "]}\n";
}

std::string command(const std::string& id) {
  return R"({"id":")" + id + R"(","method":"p.S/M","request":{"text":"}\" {"}})" + "\n";
}

class BootstrapFolderTest : public testing::Test {
 protected:
  void put(const std::string& path, const std::string& content) const {
    const fs::path file = temp_.path() / path;
    fs::create_directories(file.parent_path());
    std::ofstream(file) << content;
  }

  std::vector<std::string> listed() const {
    const auto sets = sets_.list();
    EXPECT_TRUE(sets) << sets.error().message;
    std::vector<std::string> names;
    for (const DataSet& set : *sets) names.push_back(set.module.value + "/" + set.name);
    return names;
  }

  // What is wrong with mod_a/s.
  std::string broken() const {
    const auto sets = sets_.list();
    EXPECT_TRUE(sets) << sets.error().message;
    for (const DataSet& set : *sets)
      if (set.module == kA && set.name == "s") return set.broken;
    ADD_FAILURE() << "mod_a/s is not listed";
    return "";
  }

  Result<std::vector<DataSetCommand>> commands() const {
    std::vector<DataSetCommand> all;
    MT_CHECK_OK(sets_.read(kA, "s", [&](DataSetCommand one) -> Result<void> {
      all.push_back(std::move(one));
      return {};
    }));
    return all;
  }

  // What is wrong with a file mod_a/s.ndjson of that content.
  std::string read_refusal(const std::string& content) const {
    put("mod_a/s.ndjson", content);
    const auto read = commands();
    if (read) return "";
    EXPECT_EQ(read.error().code, Code::kInvalidArgument);
    return read.error().message.substr(temp_.path().string().size() + 1);
  }

  TempFolder temp_;
  BootstrapFolder sets_{temp_.path(), {kA, kB}};
};

TEST_F(BootstrapFolderTest, ListsTheHeaders) {
  put("mod_a/s.ndjson",
      R"({"set":"s","module":"mod_a","title":"T","attribution":"By X","commands":3})"
      "\n");
  const auto sets = sets_.list();
  ASSERT_TRUE(sets) << sets.error().message;
  ASSERT_EQ(sets->size(), 1u);
  EXPECT_EQ(sets->front().module, kA);
  EXPECT_EQ(sets->front().title, "T");
  EXPECT_EQ(sets->front().attribution, "By X");
  EXPECT_EQ(sets->front().commands, 3u);
  EXPECT_FALSE(sets->front().demo);
}

TEST_F(BootstrapFolderTest, AFolderThatIsNotThereHoldsNoSets) {
  EXPECT_THAT(BootstrapFolder(temp_.path() / "absent", {kA}).list().value(), IsEmpty());
}

TEST_F(BootstrapFolderTest, OrdersSetsByWhatTheyNeed) {
  put("mod_a/first.ndjson", header("mod_a", "first", 0, R"("mod_b/last")"));
  put("mod_a/second.ndjson", header("mod_a", "second", 0));
  put("mod_b/last.ndjson", header("mod_b", "last", 0, R"("mod_a/second")"));
  EXPECT_THAT(listed(), ElementsAre("mod_a/second", "mod_b/last", "mod_a/first"));
}

TEST_F(BootstrapFolderTest, LeavesOutSetsOfModulesThatDoNotRun) {
  put("mod_a/s.ndjson", header("mod_a", "s", 0, R"("mod_c/s")"));
  put("mod_c/s.ndjson", header("mod_c", "s", 0));
  EXPECT_THAT(listed(), ElementsAre("mod_a/s"));
  EXPECT_EQ(sets_.fingerprint({"mod_c"}, "s").error().code, Code::kNotFound);
}

TEST_F(BootstrapFolderTest, IgnoresFilesThatAreNoSets) {
  put("mod_a/README.md", "x");
  put("mod_a/deep/s.ndjson", "x");
  put("stray.ndjson", "x");
  EXPECT_THAT(listed(), IsEmpty());
}

TEST_F(BootstrapFolderTest, FindsACircle) {
  put("mod_a/s.ndjson", header("mod_a", "s", 0, R"("mod_b/s")"));
  put("mod_b/s.ndjson", header("mod_b", "s", 0, R"("mod_a/s")"));
  put("mod_b/free.ndjson", header("mod_b", "free", 0));
  EXPECT_THAT(broken(), HasSubstr("need each other in a circle: mod_a/s, mod_b/s"));
  EXPECT_THAT(listed(), ElementsAre("mod_b/free", "mod_a/s", "mod_b/s"));
}

TEST_F(BootstrapFolderTest, FindsANeedThatIsNotThere) {
  put("mod_a/s.ndjson", header("mod_a", "s", 0, R"("mod_b/absent")"));
  EXPECT_THAT(broken(),
              HasSubstr("mod_a/s.ndjson:1: needs the set mod_b/absent, which is not there"));
}

TEST_F(BootstrapFolderTest, ListsTheOthersBesideABrokenOne) {
  put("mod_a/s.ndjson", "no json\n");
  put("mod_a/t.ndjson", header("mod_a", "t", 0, R"("mod_b/u")"));
  put("mod_b/u.ndjson", header("mod_b", "u", 0));
  const auto sets = sets_.list();
  ASSERT_TRUE(sets) << sets.error().message;
  ASSERT_THAT(listed(), ElementsAre("mod_a/s", "mod_b/u", "mod_a/t"));
  EXPECT_THAT(sets->at(0).broken, HasSubstr("is no header of a set"));
  EXPECT_EQ(sets->at(1).broken + sets->at(2).broken, "");
}

TEST_F(BootstrapFolderTest, SaysOfBadHeadersFileAndLine) {
  const auto refusal = [this](const std::string& content) {
    put("mod_a/s.ndjson", content);
    return broken();
  };
  const std::string at = (temp_.path() / "mod_a/s.ndjson").string() + ":1: ";
  EXPECT_EQ(refusal(""), at + "the file is empty; its first line is the set's header");
  EXPECT_THAT(refusal("no json\n"), StartsWith(at + "is no header of a set: "));
  EXPECT_EQ(broken().find('\n'), std::string::npos) << "a reason is one line";
  EXPECT_THAT(refusal(R"({"set":"s","colour":"red"})"), HasSubstr("colour"));
  EXPECT_THAT(refusal(R"({"set":"s","module":"mod_a"})"), StartsWith(at + "title: is required"));
  EXPECT_EQ(refusal(header("mod_b", "s", 0)),
            at + "says it is mod_b/s, but lies at mod_a/s.ndjson");
  EXPECT_EQ(refusal(header("mod_a", "t", 0)),
            at + "says it is mod_a/t, but lies at mod_a/s.ndjson");
  EXPECT_EQ(refusal(header("mod_a", "s", 0, R"("nothing")")),
            at + "needs: 'nothing' is no module/set");
  EXPECT_EQ(refusal(std::string(70'000, ' ')), at + "the line is over 65536 bytes");
}

TEST_F(BootstrapFolderTest, ReadsTheCommandsInOrder) {
  put("mod_a/s.ndjson", header("mod_a", "s", 2) + command("one") +
                            R"( { "request" : {} , "method":"p.S/N", "id" : "two" } )" + "\n");
  const auto read = commands();
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ(read->at(0).id, "one");
  EXPECT_EQ(read->at(0).line, 2u);
  EXPECT_EQ(read->at(0).method, "p.S/M");
  EXPECT_EQ(read->at(0).request_json, R"({"text":"}\" {"})");
  EXPECT_EQ(read->at(1).id, "two");
  EXPECT_EQ(read->at(1).line, 3u);
  EXPECT_EQ(read->at(1).request_json, "{}");
}

TEST_F(BootstrapFolderTest, ReadsLinesLongerThanItsBuffer) {
  const std::string long_text(300'000, 'x');
  put("mod_a/s.ndjson", header("mod_a", "s", 2) + R"({"id":"a","method":"p.S/M","request":{"t":")" +
                            long_text + "\"}}\n" + command("b"));
  const auto read = commands();
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->at(0).request_json, R"({"t":")" + long_text + R"("})");
  EXPECT_EQ(read->at(1).id, "b");
}

TEST_F(BootstrapFolderTest, ALastLineNeedsNoEnd) {
  put("mod_a/s.ndjson", header("mod_a", "s", 1) + R"({"id":"a","method":"p.S/M","request":{}})");
  EXPECT_EQ(commands()->size(), 1u);
}

TEST_F(BootstrapFolderTest, RefusesBadCommandsNamingFileAndLine) {
  const std::string begin = header("mod_a", "s", 2) + command("one");
  const auto refusal = [&](const std::string& line) { return read_refusal(begin + line + "\n"); };
  const std::string at = "mod_a/s.ndjson:3: ";
  EXPECT_EQ(refusal(""), at + "expected '{' at byte 1");
  EXPECT_EQ(refusal(R"(["id"])"), at + "expected '{' at byte 1");
  EXPECT_EQ(refusal(R"({"id":"a","method":"p.S/M","request":{)"),
            at + "the JSON object ends too soon");
  EXPECT_EQ(refusal(R"({"id":"a","method":"p.S/M","request":{}}})"),
            at + "expected the end of the line at byte 41");
  EXPECT_EQ(refusal(R"({"id":"a" "method":"p.S/M"})"), at + "expected ',' or '}' at byte 11");
  EXPECT_EQ(refusal(R"({"id":"a","method":"p.S/M"})"),
            at + "a command has id, method and request; one is missing");
  EXPECT_EQ(refusal(R"({"id":7,"method":"p.S/M","request":{}})"),
            at + "'id' must be a string of printable ASCII characters");
  EXPECT_EQ(refusal(R"({"id":"a b","method":"p.S/M","request":{}})"),
            at + "'id' must be a string of printable ASCII characters");
  EXPECT_EQ(refusal(R"({"id":"a","method":"p.S/M","request":[]})"),
            at + "'request' must be an object");
  EXPECT_EQ(refusal(R"({"id":"a","methd":"p.S/M","request":{}})"),
            at + "unknown member 'methd'; a command has id, method and request");
  EXPECT_EQ(refusal(R"({"id":")" + std::string(65, 'a') + R"(","method":"p.S/M","request":{}})"),
            at + "the id has over 64 characters");
  EXPECT_EQ(refusal(std::string((1 << 20) + 1, ' ')), at + "the line is over 1048576 bytes");
}

TEST_F(BootstrapFolderTest, RefusesAnotherNumberOfCommandsThanTheHeaderSays) {
  EXPECT_EQ(read_refusal(header("mod_a", "s", 2) + command("a")),
            "mod_a/s.ndjson:3: the header says 2 commands, the file has fewer");
  EXPECT_EQ(read_refusal(header("mod_a", "s", 1) + command("a") + command("b")),
            "mod_a/s.ndjson:3: the header says 1 commands, the file has more");
}

TEST_F(BootstrapFolderTest, TheVisitorsErrorEndsTheReading) {
  put("mod_a/s.ndjson", header("mod_a", "s", 2) + command("a") + command("b"));
  int visits = 0;
  const auto read = sets_.read(kA, "s", [&](const DataSetCommand&) -> Result<void> {
    ++visits;
    return aborted("enough");
  });
  EXPECT_EQ(read.error().message, "enough");
  EXPECT_EQ(visits, 1);
}

TEST_F(BootstrapFolderTest, NeverLeavesItsFolder) {
  put("mod_a/s.ndjson", header("mod_a", "s", 0));
  EXPECT_EQ(sets_.fingerprint(kA, "../mod_a/s").error().code, Code::kNotFound);
  EXPECT_EQ(sets_.fingerprint({"."}, "mod_a/s").error().code, Code::kNotFound);
}

TEST_F(BootstrapFolderTest, TheFingerprintFollowsTheFile) {
  put("mod_a/s.ndjson", header("mod_a", "s", 0));
  const auto first = sets_.fingerprint(kA, "s").value();
  EXPECT_EQ(first.size(), 64u);
  EXPECT_EQ(sets_.fingerprint(kA, "s").value(), first);
  put("mod_a/s.ndjson", header("mod_a", "s", 1) + command("a"));
  EXPECT_NE(sets_.fingerprint(kA, "s").value(), first);
  put("mod_a/s.ndjson", header("mod_a", "s", 0));
  EXPECT_EQ(sets_.fingerprint(kA, "s").value(), first);
}

// Sets have megabytes; each listing asks for the fingerprint of each that was applied.
TEST_F(BootstrapFolderTest, TheFingerprintIsMadeOnceOfAFileThatDoesNotChange) {
  const auto last_year = fs::file_time_type::clock::now() - std::chrono::hours(9000);
  const auto put_then = [&](const std::string& line) {
    put("mod_a/s.ndjson", header("mod_a", "s", 1) + line);
    fs::last_write_time(temp_.path() / "mod_a/s.ndjson", last_year);
  };
  put_then(command("a"));
  const auto first = sets_.fingerprint(kA, "s").value();
  put_then(command("b"));  // as long and, by its time, as old: not even looked into
  EXPECT_EQ(sets_.fingerprint(kA, "s").value(), first);
  fs::last_write_time(temp_.path() / "mod_a/s.ndjson", last_year + std::chrono::seconds(1));
  EXPECT_NE(sets_.fingerprint(kA, "s").value(), first);
}

}  // namespace
}  // namespace mt::test
