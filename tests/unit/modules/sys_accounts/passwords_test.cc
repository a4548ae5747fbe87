#include "modules/sys_accounts/server/passwords.h"

#include <gtest/gtest.h>

#include <string>

namespace mt::sys_accounts {
namespace {

constexpr PasswordCost kCheap{1, 8u << 20};

TEST(Passwords, KnowTheRightOneFromItsHash) {
  const Passwords passwords(kCheap);
  const auto hash = passwords.hash("correct horse battery");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(passwords.verify("correct horse battery", *hash));
  EXPECT_FALSE(passwords.verify("correct horse batter", *hash));
  EXPECT_FALSE(passwords.verify("", *hash));
}

TEST(Passwords, AreHashedAtTheConfiguredCost) {
  const auto hash = Passwords(kCheap).hash("correct horse battery");
  EXPECT_EQ(hash->find("$argon2id$v=19$m=8192,t=1,p=1$"), 0u) << *hash;
}

TEST(Passwords, HaveAnotherHashEachTime) {
  const Passwords passwords(kCheap);
  EXPECT_NE(*passwords.hash("correct horse battery"), *passwords.hash("correct horse battery"));
}

TEST(Passwords, OfNobodyAreAlwaysWrong) {
  const Passwords passwords(kCheap);
  EXPECT_FALSE(passwords.verify("correct horse battery", ""));
  EXPECT_FALSE(passwords.verify("", ""));
}

TEST(Passwords, AreWrongAgainstADamagedHash) {
  EXPECT_FALSE(Passwords(kCheap).verify("correct horse battery", "$argon2id$v=19$m=8192"));
}

}  // namespace
}  // namespace mt::sys_accounts
