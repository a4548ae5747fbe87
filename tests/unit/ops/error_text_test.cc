#include "ops/mtctl/error_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mt::mtctl {
namespace {

using testing::HasSubstr;

Target local() { return {"./data", "", false}; }
Target server() { return {"", "db.example:7440", false}; }

TEST(ErrorText, SaysWhatAndWhy) {
  EXPECT_EQ(error_text(not_found("no module 'x'"), nullptr), "mtctl: not found: no module 'x'\n");
}

TEST(ErrorText, DoesNotCallUnknownWhatItTells) {
  EXPECT_EQ(error_text({Code::kUnknown, "not what the log says: a_table"}, nullptr),
            "mtctl: not what the log says: a_table\n");
}

TEST(ErrorText, GivesEachOfSeveralFieldsALine) {
  Error error{Code::kInvalidArgument, "2 fields break their rules: a: b; c: d"};
  error.violations = {{"latitude", "must be from -90 to 90"}, {"name", "is required"}};
  const Target target = local();
  EXPECT_EQ(error_text(error, &target),
            "mtctl: invalid argument: 2 fields break their rules\n"
            "  latitude: must be from -90 to 90\n"
            "  name: is required\n");
}

TEST(ErrorText, SaysOneFieldOnce) {
  const Target target = local();
  EXPECT_EQ(error_text(invalid_field("name", "is required"), &target),
            "mtctl: invalid argument: name: is required\n");
}

TEST(ErrorText, LeavesTheAdviceForALostFileToItsMessage) {
  const Target target = local();
  EXPECT_THAT(error_text(data_loss("position 7 is damaged"), &target),
              HasSubstr("restore events/"));
  EXPECT_EQ(error_text(data_loss("there is no file 1-9.mtlogs; put it back"), &target),
            "mtctl: data loss: there is no file 1-9.mtlogs; put it back\n");
}

TEST(ErrorText, SaysHowToSignIn) {
  const Target target = server();
  EXPECT_THAT(error_text(unauthenticated("no token"), &target),
              HasSubstr("mtctl --server db.example:7440 login EMAIL"));
  const Target here = local();
  EXPECT_THAT(error_text(unauthenticated("bad token"), &here), HasSubstr("leave the token out"));
}

TEST(ErrorText, GuessesWhyNobodyAnswers) {
  Target target = server();
  EXPECT_THAT(error_text(unavailable("refused"), &target), HasSubstr("add --tls"));
  target.tls = true;
  EXPECT_THAT(error_text(unavailable("refused"), &target), HasSubstr("--ca"));
}

TEST(ErrorText, SaysWhatIsWrongWithTls) {
  Target target = server();
  target.tls = true;
  EXPECT_THAT(error_text(unavailable("SSL routines::wrong version number"), &target),
              HasSubstr("db.example:7440 speaks no TLS: leave out --tls"));
  EXPECT_THAT(error_text(unavailable("SSL routines::certificate verify failed"), &target),
              HasSubstr("not signed by who is in --ca"));
  EXPECT_THAT(error_text(unavailable("Hostname Verification Check failed."), &target),
              HasSubstr("is for another name"));
}

// To try again does not help against a message that is too long, nor at once against a lock-out.
TEST(ErrorText, AddsNothingToWhatIsTooMuch) {
  const Target target = server();
  EXPECT_EQ(error_text({Code::kResourceExhausted, "too many attempts; wait 60 s"}, &target),
            "mtctl: resource exhausted: too many attempts; wait 60 s\n");
}

TEST(ErrorText, SaysThatALateCommandMayHaveTakenEffect) {
  const Target target = local();
  EXPECT_THAT(error_text({Code::kDeadlineExceeded, "late"}, &target),
              HasSubstr("--idempotency-key"));
}

TEST(ErrorText, KeepsLinesAndLetsNothingSteerTheTerminal) {
  EXPECT_EQ(error_text(internal("one\ntwo\x1b[2J"), nullptr),
            "mtctl: internal: one\n  two\\x1b[2J\n");
}

}  // namespace
}  // namespace mt::mtctl
