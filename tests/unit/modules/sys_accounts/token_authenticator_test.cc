#include "modules/sys_accounts/server/token_authenticator.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

#include "events/crypto/blake2b.h"
#include "tests/fixture/given.h"

namespace mt::sys_accounts {
namespace {

using namespace test;

constexpr std::chrono::seconds kTtl{900};

// Accounts by hand instead of tables.
struct Fixture {
  ManualClock clock{at_second(1'800'000'000)};
  AccessTokens tokens{SigningKey(std::string(32, 'k')), "node/test", kTtl};
  std::map<std::string, v1::AccountRow> rows;
  TokenAuthenticator authenticator{tokens, clock,
                                   [this](const std::string& id) -> std::optional<v1::AccountRow> {
                                     const auto found = rows.find(id);
                                     if (found == rows.end()) return std::nullopt;
                                     return found->second;
                                   }};

  Fixture() { rows["ann"].set_account_id("ann"); }
  std::string token(const std::string& id = "ann") { return tokens.issue(id, clock.now()).text; }
  void give(Role role, const std::string& org) {
    auto& grant = *rows["ann"].add_roles();
    grant.set_role(role);
    grant.set_org_id(org);
  }
};

TEST(TokenAuthenticator, KnowsTheCallerByTheToken) {
  Fixture given;
  given.give(Role::ROLE_USER, "choir");
  const auto caller = given.authenticator.authenticate(given.token());
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->kind, Caller::Kind::kAccount);
  EXPECT_EQ(caller->account_id, "ann");
  EXPECT_EQ(caller->roles, (std::vector<RoleGrant>{{Role::ROLE_USER, "choir", ""}}));
}

TEST(TokenAuthenticator, ShowsASuperadminOnceForEverywhere) {
  Fixture given;
  given.give(Role::ROLE_GUEST, "");
  given.rows["ann"].set_superadmin(true);
  const auto caller = given.authenticator.authenticate(given.token());
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->roles, (std::vector<RoleGrant>{{Role::ROLE_SUPERADMIN, "", ""}}));
}

TEST(TokenAuthenticator, RefusesTokensOfUnknownAccounts) {
  Fixture given;
  const auto caller = given.authenticator.authenticate(given.token("nobody"));
  EXPECT_EQ(caller.error().code, Code::kUnauthenticated);
}

TEST(TokenAuthenticator, RefusesARememberedTokenOnceItExpired) {
  Fixture given;
  const std::string token = given.token();
  ASSERT_TRUE(given.authenticator.authenticate(token));
  given.clock.advance(kTtl);
  EXPECT_EQ(given.authenticator.authenticate(token).error().code, Code::kUnauthenticated);
}

// A token says who somebody is; what they may do is what they may do now.
TEST(TokenAuthenticator, GivesARememberedTokenTheRolesOfTheMoment) {
  Fixture given;
  const std::string token = given.token();
  given.give(Role::ROLE_ADMIN, "choir");
  EXPECT_TRUE(given.authenticator.authenticate(token)->has_role(Role::ROLE_ADMIN, "choir", ""));
  given.rows["ann"].clear_roles();
  EXPECT_TRUE(given.authenticator.authenticate(token)->roles.empty());
  given.rows.clear();
  EXPECT_EQ(given.authenticator.authenticate(token).error().code, Code::kUnauthenticated);
}

TEST(TokenAuthenticator, RefusesGarbageEachTime) {
  Fixture given;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(given.authenticator.authenticate("garbage").error().code, Code::kUnauthenticated);
    EXPECT_EQ(given.authenticator.authenticate(std::string(1 << 20, 'x')).error().code,
              Code::kUnauthenticated);
  }
}

TEST(TokenAuthenticator, ServesManyThreadsAtOnce) {
  Fixture given;
  const std::string token = given.token();
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        if (given.authenticator.authenticate(i % 2 == 0 ? token : "garbage")) ++good;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(good, 400);
}

TEST(TokenCache, RemembersWhatWasAskedForLately) {
  TokenCache cache(8);
  const auto hash = [](int i) { return blake2b_256({std::to_string(i)}); };
  for (int i = 0; i < 100; ++i) {
    cache.put(hash(i), {std::to_string(i), Time()});
    ASSERT_TRUE(cache.find(hash(0))) << "after " << i;
    ASSERT_LE(cache.size(), 8u);
  }
  EXPECT_FALSE(cache.find(hash(1)));
  EXPECT_EQ(cache.find(hash(99))->account_id, "99");
}

}  // namespace
}  // namespace mt::sys_accounts
