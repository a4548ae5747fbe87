// An account whose personal data were erased.
#include <gtest/gtest.h>

#include "tests/unit/modules/sys_accounts/accounts_node.h"

namespace mt::sys_accounts {
namespace {

using namespace test;

class ErasedAccount : public testing::Test {
 protected:
  ErasedAccount() { EXPECT_TRUE(node.node().control().erase("account/" + id, {})); }
  v1::Account account() {
    v1::GetAccountRequest request;
    request.set_account_id(id);
    return node.call<v1::GetAccountResponse>("AccountService/GetAccount", request)->account();
  }

  AccountsNode node;
  const CallAs ann = node.as("ann@example.org");
  const CallAs bob = node.as("bob@example.org");
  const std::string id = node.id_of(ann);
};

TEST_F(ErasedAccount, IsNobodysAnyMore) {
  EXPECT_EQ(node.sign_in("ann@example.org").error().code, Code::kUnauthenticated);
  EXPECT_EQ(node.refusal("AccountService/GetAccount", v1::GetAccountRequest(), ann),
            Code::kUnauthenticated)
      << "a token from before";
  EXPECT_TRUE(node.sign_in("bob@example.org"));
}

TEST_F(ErasedAccount, IsShownWithoutItsEmail) {
  EXPECT_EQ(account().email(), "");
  EXPECT_TRUE(account().erased());
  EXPECT_EQ(account().roles_size(), 1);
  const auto all =
      node.call<v1::ListAccountsResponse>("AccountService/ListAccounts", v1::ListAccountsRequest());
  ASSERT_EQ(all->accounts_size(), 2);
  EXPECT_EQ(all->accounts(1).email(), "bob@example.org");
  EXPECT_FALSE(all->accounts(1).erased());
}

TEST_F(ErasedAccount, TakesNoRole) {
  v1::GrantRoleRequest request;
  request.set_account_id(id);
  request.set_role(Role::ROLE_USER);
  EXPECT_EQ(node.refusal("AccountService/GrantRole", request), Code::kFailedPrecondition);
}

TEST_F(ErasedAccount, LeavesItsEmailToWhoeverRegistersIt) {
  const auto again = node.sign_up("ann@example.org");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_NE(again->account_id(), id);
  EXPECT_EQ(node.sign_up("ann@example.org").error().code, Code::kAlreadyExists);
  EXPECT_TRUE(node.sign_in("ann@example.org"));
  node.restart();
  EXPECT_TRUE(node.sign_in("ann@example.org"));
  EXPECT_TRUE(account().erased());
}

}  // namespace
}  // namespace mt::sys_accounts
