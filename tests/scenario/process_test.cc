// The fixtures that the scenarios stand on, tried with the shell.
#include "tests/fixture/process.h"

#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>

#include "tests/scenario/container.h"

namespace mt::test {
namespace {

ProcessCommand shell(const std::string& script, std::string input = {}) {
  return {"/bin/sh", {"-c", script}, std::move(input)};
}

TEST(Process, GivesOutputErrorsAndExitCode) {
  const Finished done = run(shell("cat; echo bad >&2; exit 3", "in\n"));
  EXPECT_EQ(done.exit_code, 3);
  EXPECT_EQ(done.out, "in\n");
  EXPECT_EQ(done.err, "bad\n");
}

TEST(Process, ShowsTheLineItIsAskedForWhileTheProgramRuns) {
  Process process(shell("echo one; echo 'ready grpc=here x=1'; exec tail -f /dev/null"));
  EXPECT_EQ(process.wait_for_line("ready "), "ready grpc=here x=1");
  EXPECT_FALSE(process.has_ended());
  process.signal(SIGKILL);
  EXPECT_EQ(process.wait(), 128 + SIGKILL);
  EXPECT_TRUE(process.has_ended());
}

TEST(Process, ThrowsWhenTheProgramEndsWithoutTheLine) {
  Process process(shell("echo almost ready"));
  EXPECT_THROW(process.wait_for_line("ready"), std::runtime_error);
}

TEST(Process, TellsThatAProgramDoesNotExist) {
  EXPECT_EQ(run({"/nowhere/to/be/found"}).exit_code, 127);
}

TEST(Container, FindsTheValuesOfALine) {
  EXPECT_EQ(value_in("ready grpc=127.0.0.1:5 pid=7", "grpc"), "127.0.0.1:5");
  EXPECT_EQ(value_in("ready grpc=127.0.0.1:5 pid=7", "pid"), "7");
  EXPECT_EQ(value_in("ready grpc=127.0.0.1:5 pid=7", "rpc"), "");
}

}  // namespace
}  // namespace mt::test
