#include "ops/mtctl/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/fixture/temp_folder.h"

namespace mt::mtctl {
namespace {

using testing::HasSubstr;
using Words = std::vector<std::string>;

// The environment of whoever runs the tests must not answer for the arguments.
class CommandLineTest : public testing::Test {
 protected:
  CommandLineTest() { forget(); }
  ~CommandLineTest() override { forget(); }
  static void forget() {
    for (const char* name : {"MT_DATA", "MT_SERVER", "MT_TOKEN"}) unsetenv(name);
  }
};

CommandLine parsed(const Words& words) {
  Parsed result = parse_command_line(words);
  EXPECT_TRUE(result.command) << result.ending.err;
  return result.command ? *std::move(result.command) : CommandLine();
}

TEST_F(CommandLineTest, SpeaksToTheContainerHere) {
  const CommandLine command = parsed({"status"});
  EXPECT_TRUE(command.target.is_local());
  EXPECT_EQ(command.target.address(), "unix:./data/mt.sock");
  EXPECT_EQ(command.format, Format::kTable);
  EXPECT_FALSE(command.deadline_seconds);
}

TEST_F(CommandLineTest, TakesGlobalsBeforeAndAfterTheVerb) {
  for (const Words& words :
       {Words{"-o", "json", "--data", "d", "--deadline", "2.5", "status"},
        Words{"status", "-o", "json", "--data", "d", "--deadline", "2.5"},
        Words{"module", "list", "--output=json", "--data=d", "--deadline=2.5"}}) {
    const CommandLine command = parsed(words);
    EXPECT_EQ(command.format, Format::kJson);
    EXPECT_EQ(command.target.data, "d");
    EXPECT_EQ(command.deadline_seconds, 2.5);
    EXPECT_TRUE(command.verb);
  }
}

TEST_F(CommandLineTest, PrefersArgumentsToTheEnvironment) {
  setenv("MT_SERVER", "far:1", 1);
  setenv("MT_TOKEN", "of-env", 1);
  EXPECT_EQ(parsed({"status"}).target.address(), "far:1");
  EXPECT_EQ(parsed({"status"}).token, "of-env");
  EXPECT_EQ(parsed({"status", "--data", "d"}).target.address(), "unix:d/mt.sock");
  EXPECT_EQ(parsed({"status", "--server", "near:2"}).target.address(), "near:2");
  EXPECT_EQ(parsed({"status", "--token", "given"}).token, "given");
}

TEST_F(CommandLineTest, ReadsTheTokenFromAFile) {
  const test::TempFolder folder;
  const std::string path = (folder.path() / "token").string();
  std::ofstream(path) << "abc\n";
  EXPECT_EQ(parsed({"status", "--token-file", path}).token, "abc");
  EXPECT_EQ(parse_command_line({"status", "--token-file", path + "x"}).ending.exit_code, 2);
}

TEST_F(CommandLineTest, TakesACertificateAsAWishForTls) {
  EXPECT_FALSE(parsed({"status", "--server", "h:1"}).target.tls);
  EXPECT_TRUE(parsed({"status", "--server", "h:1", "--ca", "ca.pem"}).target.tls);
  const CommandLine own =
      parsed({"status", "--server", "h:1", "--cert", "c.pem", "--key", "k.pem"});
  EXPECT_TRUE(own.target.tls);
  EXPECT_EQ(own.certificate_file, "c.pem");
  EXPECT_EQ(own.key_file, "k.pem");
}

TEST_F(CommandLineTest, TakesADashAndJsonAsArguments) {
  EXPECT_TRUE(parsed({"call", "a.B/C", "-"}).verb);
  EXPECT_TRUE(parsed({"call", "a.B/C", R"({"a":[1,2],"b":-3})"}).verb);
  EXPECT_TRUE(parsed({"call", "a.B/C", "--header", "x: y", "{}"}).verb);
}

TEST_F(CommandLineTest, SaysWhatIsWrong) {
  const struct {
    Words words;
    const char* said;
  } cases[] = {{{}, "mtctl needs one of status, module, events, "},
               {{"stutus"}, "there is no 'stutus'"},
               {{"events", "tale"}, "there is no 'tale'"},
               {{"events"},
                "mtctl events needs one of tail, show, grep, find, verify, anchor, prove, archive, "
                "archives, "
                "export, import\n"},
               {{"events", "tail"}, "MODULE is required"},
               {{"events", "tail", "m", "--from", "-3"}, "'-3' is no number above 0"},
               {{"events", "tail", "m", "-n", "0"}, "'0' is no number above 0"},
               {{"events", "tail", "m", "-n", "1", "--from", "2"}, "excludes"},
               {{"events", "show", "m", "x"}, "'x' is no number above 0"},
               {{"projection", "verify"}, "TABLE or --all is required"},
               {{"projection", "verify", "t", "--all"}, "excludes"},
               {{"bootstrap", "apply"}, "MODULE/SET or --all-demo is required"},
               {{"status", "-o", "xml"}, "xml not in"},
               {{"status", "--data", "d", "--server", "h:1"}, "excludes"},
               {{"status", "--server", "h"}, "'h' is no HOST:PORT"},
               {{"status", "--server", ":7"}, "':7' is no HOST:PORT"},
               {{"status", "--server", "h:99999"}, "'h:99999' is no HOST:PORT"},
               {{"status", "--server", "h:7x"}, "'h:7x' is no HOST:PORT"},
               {{"status", "--tls"}, "--tls: the socket in the data folder ./data speaks no TLS"},
               {{"status", "--ca", "ca.pem"}, "--ca: the socket in the data folder ./data speaks"},
               {{"status", "--cert", "c.pem", "--key", "k.pem"}, "--cert: the socket in the data"},
               {{"events", "grep", "m", "x", "--from", "10", "--to", "1"},
                "--from: 10 is beyond --to 1; no event lies between them"},
               {{"status", "--server", "h:1", "--cert", "c.pem"}, "--cert requires --key"},
               {{"status", "--deadline", "0"}, "'0' is no number above 0"},
               {{"status", "--nonsense"}, "--nonsense"},
               {{"call"}, "METHOD is required"}};
  for (const auto& [words, said] : cases) {
    const Parsed result = parse_command_line(words);
    EXPECT_FALSE(result.command) << said;
    EXPECT_EQ(result.ending.exit_code, 2) << said;
    EXPECT_THAT(result.ending.err, HasSubstr(said));
    EXPECT_TRUE(result.ending.err.starts_with("mtctl: ")) << result.ending.err;
    EXPECT_EQ(result.ending.out, "");
  }
}

TEST_F(CommandLineTest, ExplainsItself) {
  const Parsed all = parse_command_line({"--help"});
  EXPECT_EQ(all.ending.exit_code, 0);
  EXPECT_THAT(all.ending.out, HasSubstr("projection"));
  EXPECT_THAT(all.ending.out, HasSubstr("Exit codes: 0 ok"));
  EXPECT_EQ(all.ending.err, "");
  EXPECT_THAT(parse_command_line({"events", "tail", "--help"}).ending.out, HasSubstr("--follow"));
}

TEST_F(CommandLineTest, KnowsTheVerbsThatSignIn) {
  EXPECT_TRUE(parsed({"--server", "h:1", "login", "ann@example.org"}).signs_in);
  EXPECT_TRUE(parsed({"setup", "ann@example.org"}).signs_in);
  EXPECT_TRUE(parsed({"--server", "h:1", "logout"}).signs_in);
  EXPECT_FALSE(parsed({"status"}).signs_in);
}

TEST_F(CommandLineTest, KnowsTheVerbsThatReadCopiesOfLogs) {
  EXPECT_TRUE(parsed({"restore", "b", "--into", "d"}).reads_copies);
  EXPECT_TRUE(parsed({"backup", "verify", "b"}).reads_copies);
  EXPECT_TRUE(parsed({"events", "import", "f", "--into", "d"}).reads_copies);
  EXPECT_FALSE(parsed({"backup", "b"}).reads_copies);
  EXPECT_FALSE(parsed({"events", "export", "mod_main"}).reads_copies);
}

TEST_F(CommandLineTest, RefusesABackupOrExportThatSaysTooLittle) {
  const std::pair<Words, const char*> cases[] = {
      {{"backup"}, "name the backup's folder"},
      {{"backup", "verify"}, "DIR is required"},
      {{"restore", "b"}, "--into is required"},
      {{"restore", "b", "--into", "d", "--to-position", "mod_main"}, "no MODULE=POSITION"},
      {{"restore", "b", "--into", "d", "--to-position", "mod_main=1x"}, "no MODULE=POSITION"},
      {{"restore", "b", "--into", "d", "--to-time", "noon"}, "no time as in RFC 3339"},
      {{"events", "export"}, "MODULE or --all"},
      {{"events", "export", "m", "--all"}, "excludes"},
      {{"events", "export", "m", "--format", "xml"}, "xml"},
      {{"events", "export", "m", "--from", "3", "--to", "2"}, "is before --from"}};
  for (const auto& [words, said] : cases) {
    const Parsed result = parse_command_line(words);
    EXPECT_FALSE(result.command) << said;
    EXPECT_EQ(result.ending.exit_code, 2) << said;
    EXPECT_THAT(result.ending.err, HasSubstr(said));
  }
}

TEST_F(CommandLineTest, NeedsNoNodeForItsVersion) {
  EXPECT_TRUE(parsed({"version"}).version);
  EXPECT_TRUE(parsed({"--version"}).version);
  EXPECT_FALSE(parsed({"status"}).version);
}

}  // namespace
}  // namespace mt::mtctl
