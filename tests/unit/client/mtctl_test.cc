#include "ops/mtctl/mtctl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "ops/mtctl/saved_tokens.h"
#include "tests/fixture/temp_folder.h"
#include "tests/unit/client/echo_node.h"

namespace mt::mtctl {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

struct Ran {
  int exit_code = -1;
  std::string out;
  std::string err;
};

Ran run_with(const std::vector<std::string>& arguments, const std::string& input = "") {
  std::istringstream in(input);
  std::ostringstream out;
  std::ostringstream err;
  const int code = run(arguments, {in, out, err}, "1.2.3");
  return {code, out.str(), err.str()};
}

class MtctlTest : public testing::Test {
 protected:
  std::vector<std::string> here(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(),
                     {"--data", std::filesystem::path(node_.socket_path()).parent_path().string()});
    return arguments;
  }
  std::vector<std::string> from_afar(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--server", node_.port_target()});
    return arguments;
  }

  EchoNode node_;
};

const std::string kService = "mt.tests.client.EchoService/";

TEST_F(MtctlTest, CallsAnyMethod) {
  const Ran ran = run_with(here({"call", kService + "Echo", R"({"text":"Grüße","number":7})"}));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "{\n  \"text\": \"Grüße\",\n  \"number\": 7\n}\n");
  EXPECT_EQ(ran.err, "");
}

TEST_F(MtctlTest, ReadsTheRequestFromStdin) {
  const Ran ran =
      run_with(here({"call", kService + "Echo", "-", "-o", "ndjson"}), "{\"text\":\"piped\"}\n");
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "{\"text\":\"piped\",\"number\":0}\n");
}

TEST_F(MtctlTest, TellsWhatBecameOfACommandOnStderr) {
  const Ran ran = run_with(here({"call", kService + "Store", R"({"text":"again"})",
                                 "--idempotency-key", "k1", "--correlation", "c1"}));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "{\n  \"text\": \"again\",\n  \"number\": 0\n}\n");
  EXPECT_EQ(ran.err, "command k1, mod_echo position 7, repeated: this is the stored answer\n");
  EXPECT_EQ(node_.last_correlation(), "c1");
}

TEST_F(MtctlTest, SendsFurtherMetadata) {
  EXPECT_EQ(run_with(here({"call", kService + "Store", R"({"text":"x"})", "--header",
                           "X-Correlation-Id: of a header"}))
                .exit_code,
            0);
  EXPECT_EQ(node_.last_correlation(), "of a header");
  EXPECT_EQ(run_with(here({"call", kService + "Echo", "--header", "nonsense"})).exit_code, 2);
}

TEST_F(MtctlTest, PrintsAStreamMessageByMessage) {
  const Ran ran =
      run_with(here({"call", kService + "Count", R"({"text":"x","number":2})", "-o", "ndjson"}));
  EXPECT_EQ(ran.exit_code, 0) << ran.err;
  EXPECT_EQ(ran.out, "{\"text\":\"\",\"number\":1}\n{\"text\":\"\",\"number\":2}\n");
}

TEST_F(MtctlTest, KeepsWhatAStreamSentBeforeItWasRefused) {
  const Ran ran = run_with(
      here({"call", kService + "Count", R"({"text":"refuse","number":1})", "-o", "ndjson"}));
  EXPECT_EQ(ran.exit_code, 3);
  EXPECT_EQ(ran.out, "{\"text\":\"\",\"number\":1}\n");
  EXPECT_EQ(ran.err, "mtctl: not found: no such thing\n");
}

TEST_F(MtctlTest, SaysWhatIsWrongWithARequest) {
  const Ran unknown = run_with(here({"call", kService + "Echo", R"({"txt":"x"})"}));
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("txt: Cannot find field"));
  EXPECT_THAT(unknown.err, HasSubstr("Its fields: text, number"));
  EXPECT_EQ(run_with(here({"call", kService + "Echo", "{text"})).exit_code, 2);

  const Ran invalid = run_with(here({"call", kService + "Echo", R"({"number":100001})"}));
  EXPECT_EQ(invalid.exit_code, 2);
  EXPECT_THAT(invalid.err, HasSubstr("2 fields break their rules\n  text: "));
}

TEST_F(MtctlTest, NamesTheMethodsAndServicesThereAre) {
  const Ran method = run_with(here({"call", kService + "Ecko"}));
  EXPECT_EQ(method.exit_code, 3);
  EXPECT_THAT(method.err, HasSubstr("it has Echo, Store"));
  const Ran service = run_with(here({"call", "mt.tests.client.Echo/Echo"}));
  EXPECT_EQ(service.exit_code, 3);
  EXPECT_THAT(service.err, HasSubstr("\n  mt.tests.client.EchoService"));
}

TEST_F(MtctlTest, IsTheOperatorOnTheSocketOnly) {
  const std::vector<std::string> call = {"call", kService + "Guarded", R"({"text":"x"})"};
  EXPECT_EQ(run_with(here(call)).exit_code, 0);
  const Ran stranger = run_with(from_afar(call));
  EXPECT_EQ(stranger.exit_code, 4);
  EXPECT_THAT(stranger.err, HasSubstr("login EMAIL"));
}

// A saved token of a server: the variable that names its folder is the test's own.
class MtctlTokens : public MtctlTest {
 protected:
  MtctlTokens() { setenv("XDG_CONFIG_HOME", config_.path().c_str(), 1); }
  ~MtctlTokens() override { unsetenv("XDG_CONFIG_HOME"); }

  void save(std::int64_t expires) const {
    ASSERT_TRUE(SavedTokens::of_user().save(node_.port_target(), {"a-token", expires}));
  }
  Ran echo() const {
    return run_with(from_afar({"call", kService + "Echo", R"({"text":"x"})", "-o", "ndjson"}));
  }

  const test::TempFolder config_;
};

TEST_F(MtctlTokens, SendsNoneThatHasExpiredAndSaysSo) {
  save(1769851800);
  const Ran anyone = echo();
  EXPECT_EQ(anyone.exit_code, 0) << anyone.err;
  EXPECT_EQ(anyone.out, "{\"text\":\"x\",\"number\":0}\n");
  EXPECT_EQ(anyone.err, "mtctl: the saved token for " + node_.port_target() +
                            " expired at 2026-01-31 09:30:00Z and is not sent; sign in again with: "
                            "mtctl --server " +
                            node_.port_target() + " login EMAIL\n");
  EXPECT_EQ(run_with(from_afar({"call", kService + "Guarded", R"({"text":"x"})"})).exit_code, 4);
}

// The node here knows nobody, so that any token is a bad one.
TEST_F(MtctlTokens, SendsTheOneThatIsSaved) {
  for (const std::int64_t expires : {std::int64_t{0}, std::int64_t{32'503'680'000}}) {
    save(expires);
    const Ran ran = echo();
    EXPECT_EQ(ran.exit_code, 4) << ran.out;
    EXPECT_THAT(ran.err, HasSubstr("login EMAIL"));
  }
}

TEST_F(MtctlTokens, AreForgottenOnce) {
  save(1);
  EXPECT_EQ(run_with(from_afar({"logout"})).err,
            "The token for " + node_.port_target() + " is removed.\n");
  const Ran again = run_with(from_afar({"logout"}));
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_EQ(again.err, "No token for " + node_.port_target() + " is in " +
                           SavedTokens::of_user().path() + "; nothing to remove.\n");
}

TEST_F(MtctlTest, FailsWhenItsOutputCannotBeWritten) {
  std::istringstream in;
  std::ofstream full("/dev/full");
  std::ostringstream err;
  EXPECT_EQ(run(here({"call", kService + "Echo", R"({"text":"x"})"}), {in, full, err}, "1"), 1);
  EXPECT_THAT(err.str(), HasSubstr("cannot write the output"));
}

TEST_F(MtctlTest, TellsAFileThatHoldsNoCertificate) {
  const test::TempFolder folder;
  const std::string path = (folder.path() / "ca.pem").string();
  std::ofstream(path) << "no certificate\n";
  const Ran ran = run_with(from_afar({"status", "--ca", path}));
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_EQ(ran.err, "mtctl: invalid argument: " + path + " is no PEM file\n");
}

TEST_F(MtctlTest, AsksForTheTokenOfASetUpFromElsewhere) {
  const Ran ran = run_with(from_afar({"setup", "ann@example.org"}), "a long password\n");
  EXPECT_EQ(ran.exit_code, 2);
  EXPECT_THAT(ran.err, HasSubstr("--setup-token is needed"));
}

TEST_F(MtctlTest, GivesUpAtTheDeadline) {
  const Ran ran =
      run_with(here({"call", kService + "Hold", R"({"text":"x"})", "--deadline", "0.05"}));
  EXPECT_EQ(ran.exit_code, 7);
  EXPECT_THAT(ran.err, StartsWith("mtctl: deadline exceeded: "));
}

TEST_F(MtctlTest, TakesAVerbOfAModuleThatIsNotThereAsNotFound) {
  EXPECT_EQ(run_with(here({"status"})).exit_code, 3);
}

TEST(Mtctl, NeedsNoNodeForItsVersion) {
  EXPECT_EQ(run_with({"version"}).out, "mtctl 1.2.3\n");
  EXPECT_EQ(run_with({"version", "-o", "json"}).out, "{\"version\":\"1.2.3\"}\n");
  EXPECT_EQ(run_with({"version"}).exit_code, 0);
}

TEST(Mtctl, SaysThatNoContainerRuns) {
  const test::TempFolder folder;
  const Ran ran = run_with({"--data", folder.path().string(), "status"});
  EXPECT_EQ(ran.exit_code, 6);
  EXPECT_EQ(ran.out, "");
  EXPECT_THAT(ran.err, HasSubstr("no container runs on " + folder.path().string()));
}

TEST(Mtctl, SaysThatNoServerAnswers) {
  const Ran ran = run_with({"--server", "127.0.0.1:1", "status"});
  EXPECT_EQ(ran.exit_code, 6);
  EXPECT_THAT(ran.err, HasSubstr("is a container listening on 127.0.0.1:1?"));
}

TEST(Mtctl, RefusesACertificateThatIsNotThere) {
  EXPECT_EQ(run_with({"--server", "127.0.0.1:1", "--ca", "/no/ca.pem", "status"}).exit_code, 2);
}

TEST(Mtctl, EndsWithUsage) {
  EXPECT_EQ(run_with({}).exit_code, 2);
  EXPECT_EQ(run_with({"--help"}).exit_code, 0);
  EXPECT_THAT(run_with({"--help"}).out, HasSubstr("Usage: mtctl"));
}

}  // namespace
}  // namespace mt::mtctl
