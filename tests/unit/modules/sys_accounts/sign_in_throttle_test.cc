#include "modules/sys_accounts/server/sign_in_throttle.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/fixture/given.h"

namespace mt::sys_accounts {
namespace {

using namespace test;
using std::chrono::seconds;

struct Fixture {
  ManualClock clock{at_second(1'800'000'000)};
  SignInThrottle throttle{{3, seconds(60)}, clock};

  Code attempt(const std::string& email = "ann@example.org") {
    const auto admitted = throttle.admit(email);
    return admitted ? Code::kOk : admitted.error().code;
  }
  void use_up(const std::string& email = "ann@example.org") {
    for (int i = 0; i < 3; ++i) ASSERT_EQ(attempt(email), Code::kOk);
  }
};

TEST(SignInThrottle, LetsAFewWrongAttemptsPass) {
  Fixture given;
  given.use_up();
  EXPECT_EQ(given.attempt(), Code::kResourceExhausted);
}

TEST(SignInThrottle, LetsOneAttemptPassAWhileAfterTheOneBefore) {
  Fixture given;
  given.use_up();
  given.clock.advance(seconds(59));
  EXPECT_EQ(given.attempt(), Code::kResourceExhausted);
  given.clock.advance(seconds(1));
  EXPECT_EQ(given.attempt(), Code::kOk);
  EXPECT_EQ(given.attempt(), Code::kResourceExhausted);
}

// Who is refused has guessed nothing; else a guesser could keep the owner out for ever.
TEST(SignInThrottle, DoesNotCountWhatItRefused) {
  Fixture given;
  given.use_up();
  for (int i = 0; i < 59; ++i) {
    given.clock.advance(seconds(1));
    ASSERT_EQ(given.attempt(), Code::kResourceExhausted);
  }
  given.clock.advance(seconds(1));
  EXPECT_EQ(given.attempt(), Code::kOk);
}

TEST(SignInThrottle, DoesNotCountARightAttempt) {
  Fixture given;
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(given.attempt(), Code::kOk);
    given.throttle.succeeded("ann@example.org");
  }
  given.use_up();
  EXPECT_EQ(given.attempt(), Code::kResourceExhausted);
}

TEST(SignInThrottle, GivesAnAttemptBackEachTimeThatTheWaitIsOver) {
  Fixture given;
  given.use_up();
  given.clock.advance(seconds(120));
  EXPECT_EQ(given.attempt(), Code::kOk);
  EXPECT_EQ(given.attempt(), Code::kOk);
  EXPECT_EQ(given.attempt(), Code::kResourceExhausted);
  given.clock.advance(std::chrono::hours(24));
  given.use_up();
  EXPECT_EQ(given.attempt(), Code::kResourceExhausted);
}

// A guesser once made it forget the attempts at one e-mail by attempts at many others.
TEST(SignInThrottle, ForgetsNoAttemptForAFloodOfOtherEmails) {
  Fixture given;
  given.use_up();
  for (int i = 0; i < 200'000; ++i)
    (void)given.attempt("other" + std::to_string(i) + "@example.org");
  EXPECT_EQ(given.attempt(), Code::kResourceExhausted);
}

TEST(SignInThrottle, ForgetsNoAttemptForOthersWhoSignInWithSuccess) {
  Fixture given;
  given.use_up();
  for (int i = 0; i < 200'000; ++i) {
    const std::string other = "other" + std::to_string(i) + "@example.org";
    if (given.attempt(other) == Code::kOk) given.throttle.succeeded(other);
  }
  EXPECT_EQ(given.attempt(), Code::kResourceExhausted);
}

// More than hashing lets through in a minute, by far.
TEST(SignInThrottle, KeepsFewOutWhenOthersUseTheirsUp) {
  Fixture given;
  for (int i = 0; i < 9000; ++i) {
    (void)given.attempt("used" + std::to_string(i % 3000) +
                        "@example.org");  // few have to wait, too
  }
  int kept_out = 0;
  for (int i = 0; i < 1000; ++i)
    kept_out += given.attempt("free" + std::to_string(i) + "@example.org") != Code::kOk ? 1 : 0;
  EXPECT_LE(kept_out, 2);
}

TEST(SignInThrottle, TakesOneEmailForOneHoweverItIsWritten) {
  Fixture given;
  given.use_up("Ann@Example.org");
  EXPECT_EQ(given.attempt(" ann@example.ORG "), Code::kResourceExhausted);
  EXPECT_EQ(given.attempt("bob@example.org"), Code::kOk);
}

TEST(SignInThrottle, WaitsNoLongerWhenTheClockIsSetBack) {
  Fixture given;
  given.use_up();
  given.clock.advance(-seconds(3600));
  EXPECT_EQ(given.attempt(), Code::kResourceExhausted);
  given.clock.advance(seconds(60));
  EXPECT_EQ(given.attempt(), Code::kOk);
}

TEST(SignInThrottle, LetsNoMorePassWhenTheyComeAtOnce) {
  Fixture given;
  std::atomic<int> admitted = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] { admitted += given.attempt() == Code::kOk ? 1 : 0; });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(admitted, 3);
}

}  // namespace
}  // namespace mt::sys_accounts
