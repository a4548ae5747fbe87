#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/unit/modules/sys_accounts/accounts_node.h"

namespace mt::sys_accounts {
namespace {

TEST(SetupService, GivesTheTokenToTheOperatorOnly) {
  AccountsNode node;
  EXPECT_EQ(node.issue_token(nobody()).error().code, Code::kUnauthenticated);
  EXPECT_EQ(node.issue_token(node.as("ann@example.org")).error().code, Code::kPermissionDenied);
  const auto issued = node.issue_token();
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->token().size(), 43u);
  EXPECT_EQ(issued->expires().seconds(), (24 + 24) * 3600);
}

TEST(SetupService, MakesTheFirstSuperadminOnce) {
  AccountsNode node;
  const std::string token = node.issue_token()->token();
  const auto made = node.redeem(token, "root@example.org");
  ASSERT_TRUE(made) << made.error().message;
  const auto signed_in = node.sign_in("root@example.org");
  ASSERT_TRUE(signed_in);
  EXPECT_EQ(signed_in->account_id(), made->account_id());
  const auto own = node.call<v1::GetAccountResponse>(
      "AccountService/GetAccount", v1::GetAccountRequest(), bearer(signed_in->access_token()));
  ASSERT_EQ(own->account().roles_size(), 1);
  EXPECT_EQ(own->account().roles(0).role(), Role::ROLE_SUPERADMIN);

  EXPECT_EQ(node.redeem(token, "second@example.org").error().code, Code::kFailedPrecondition);
  EXPECT_EQ(node.issue_token().error().code, Code::kFailedPrecondition);
}

TEST(SetupService, RegistersNobodyForATokenThatDoesNotServe) {
  AccountsNode node;
  const std::string old = node.issue_token()->token();
  const std::string token = node.issue_token()->token();
  for (const std::string& wrong : {old, std::string("guess"), token + "A"}) {
    EXPECT_EQ(node.redeem(wrong, "root@example.org").error().code, Code::kUnauthenticated);
  }
  EXPECT_EQ(node.redeem("", "root@example.org").error().code, Code::kInvalidArgument);
  node.storage().clock.advance(std::chrono::hours(24));
  EXPECT_EQ(node.redeem(token, "root@example.org").error().code, Code::kFailedPrecondition);
  EXPECT_EQ(node.sign_in("root@example.org").error().code, Code::kUnauthenticated);
  EXPECT_TRUE(node.sign_up("root@example.org"));
}

TEST(SetupService, TakesTheAccountThatIsThereWithItsPassword) {
  AccountsNode node;
  const std::string account_id = node.sign_up("root@example.org")->account_id();
  const std::string token = node.issue_token()->token();
  EXPECT_EQ(node.redeem(token, "root@example.org", "another password").error().code,
            Code::kAlreadyExists);
  const auto made = node.redeem(token, "root@example.org");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->account_id(), account_id);
}

TEST(SetupService, NeverTakesAnAccountWithoutAPassword) {
  AccountsNode node;
  v1::CreateAccountRequest request;
  request.set_account_id("ada");
  request.set_email("ada@example.org");
  ASSERT_EQ(node.refusal("AccountService/CreateAccount", request), Code::kOk);
  EXPECT_EQ(node.redeem(node.issue_token()->token(), "ada@example.org").error().code,
            Code::kAlreadyExists);
}

TEST(SetupService, AnswersARepeatedRedemptionAsTheFirst) {
  AccountsNode node;
  const std::string token = node.issue_token()->token();
  const auto first = node.redeem(token, "root@example.org", kPassword, keyed("k1", nobody()));
  const auto again = node.redeem(token, "root@example.org", kPassword, keyed("k1", nobody()));
  ASSERT_TRUE(first);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->account_id(), first->account_id());
}

TEST(SetupService, ShowsATokenOnce) {
  AccountsNode node;
  ASSERT_TRUE(node.issue_token(keyed("k1")));
  EXPECT_EQ(node.issue_token(keyed("k1")).error().code, Code::kAlreadyExists);
}

TEST(SetupService, KeepsNoTokenAndNoPassword) {
  AccountsNode node;
  const std::string token = node.issue_token(keyed("k1"))->token();
  ASSERT_TRUE(node.redeem(token, "root@example.org", kPassword, keyed("k2", nobody())));
  EXPECT_FALSE(node.keeps(token));
  EXPECT_FALSE(node.keeps(kPassword));
  EXPECT_TRUE(node.keeps("root@example.org"));
}

TEST(SetupService, StillServesItsTokenAfterARestart) {
  AccountsNode node;
  const std::string token = node.issue_token()->token();
  node.restart();
  ASSERT_TRUE(node.redeem(token, "root@example.org"));
  node.restart();
  EXPECT_EQ(node.redeem(token, "second@example.org").error().code, Code::kFailedPrecondition);
}

}  // namespace
}  // namespace mt::sys_accounts
