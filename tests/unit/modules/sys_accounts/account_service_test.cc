#include <gtest/gtest.h>

#include <string>

#include "tests/unit/modules/sys_accounts/accounts_node.h"

namespace mt::sys_accounts {
namespace {

// Two organisations, one project in each, an admin and a member of the first one.
struct Town {
  AccountsNode node;
  test::CallAs root = node.superadmin();
  test::CallAs ada = node.as("ada@example.org");
  test::CallAs ben = node.as("ben@example.org");
  test::CallAs eve = node.as("eve@example.org");
  std::string ada_id = node.id_of(ada);
  std::string ben_id = node.id_of(ben);
  std::string eve_id = node.id_of(eve);

  Town() {
    check(node.create_org(root, "choir", "Harbour Choir") == Code::kOk, "the choir is new");
    check(node.create_org(root, "bees", "Bee Keepers") == Code::kOk, "the bees are new");
    check(node.create_project(root, "tour", "choir", "Tour") == Code::kOk, "the tour is new");
    check(node.create_project(root, "honey", "bees", "Honey") == Code::kOk, "the honey is new");
    check(node.grant(root, ada_id, Role::ROLE_ADMIN, "choir") == Code::kOk, "root may");
    check(node.grant(ada, ben_id, Role::ROLE_USER, "choir") == Code::kOk, "ada may");
  }

  Result<v1::GetAccountResponse> get(const std::string& id, const test::CallAs& as) {
    v1::GetAccountRequest request;
    request.set_account_id(id);
    return node.call<v1::GetAccountResponse>("AccountService/GetAccount", request, as);
  }
};

TEST(AccountService, LetsNobodyRaiseThemselves) {
  Town town;
  AccountsNode& node = town.node;
  EXPECT_EQ(node.grant(town.ben, town.ben_id, Role::ROLE_ADMIN, "choir"), Code::kPermissionDenied);
  EXPECT_EQ(node.grant(town.ben, town.ben_id, Role::ROLE_ADMIN, "choir", "tour"),
            Code::kPermissionDenied);
  EXPECT_EQ(node.grant(town.ben, town.ben_id, Role::ROLE_SUPERADMIN), Code::kPermissionDenied);
  EXPECT_EQ(node.grant(town.ada, town.ada_id, Role::ROLE_ADMIN), Code::kPermissionDenied);
  EXPECT_EQ(node.grant(town.ada, town.ada_id, Role::ROLE_SUPERADMIN), Code::kPermissionDenied);
  EXPECT_EQ(node.grant(town.ada, town.ada_id, Role::ROLE_SUPERADMIN, "choir"),
            Code::kInvalidArgument);
  EXPECT_EQ(node.grant(town.ada, town.ada_id, Role::ROLE_ADMIN, "bees"), Code::kPermissionDenied);
  EXPECT_EQ(node.grant(nobody(), town.eve_id, Role::ROLE_USER, "choir"), Code::kUnauthenticated);
}

TEST(AccountService, TakesNoProjectOfAnotherOrganisation) {
  Town town;
  AccountsNode& node = town.node;
  EXPECT_EQ(node.grant(town.ada, town.ben_id, Role::ROLE_USER, "choir", "honey"),
            Code::kFailedPrecondition);
  EXPECT_EQ(node.grant(town.ada, town.ben_id, Role::ROLE_USER, "", "tour"),
            Code::kPermissionDenied);
  EXPECT_EQ(node.grant(town.root, town.ben_id, Role::ROLE_USER, "", "tour"),
            Code::kInvalidArgument);
  EXPECT_EQ(node.grant(town.root, town.ben_id, Role::ROLE_USER, "nowhere"), Code::kNotFound);
  EXPECT_EQ(node.grant(town.root, town.ben_id, Role::ROLE_USER, "choir", "nothing"),
            Code::kNotFound);
  EXPECT_EQ(node.grant(town.root, "nobody", Role::ROLE_USER, "choir"), Code::kNotFound);
  EXPECT_EQ(node.grant(town.root, town.ben_id, Role::ROLE_UNSPECIFIED, "choir"),
            Code::kInvalidArgument);
}

TEST(AccountService, ShowsARoleAtOnceAndNoLongerThanItIsHeld) {
  Town town;
  AccountsNode& node = town.node;
  EXPECT_EQ(node.create_project(town.ada, "party", "choir", "Party"), Code::kOk);
  EXPECT_EQ(node.revoke(town.root, town.ada_id, "choir"), Code::kOk);
  // The token is the same; the role is gone.
  EXPECT_EQ(node.create_project(town.ada, "ball", "choir", "Ball"), Code::kPermissionDenied);
  EXPECT_EQ(node.revoke(town.root, town.ada_id, "choir"), Code::kNotFound);
}

TEST(AccountService, ShowsStrangersNothing) {
  Town town;
  const auto hidden = town.get(town.ben_id, town.eve);
  const auto unknown = town.get("unknown", town.eve);
  EXPECT_EQ(hidden.error().code, Code::kNotFound);
  EXPECT_EQ(unknown.error().code, Code::kNotFound);
  EXPECT_EQ(hidden.error().message,
            "account " + town.ben_id + " does not exist, or you may not see it");
  EXPECT_EQ(unknown.error().message, "account unknown does not exist, or you may not see it");
  EXPECT_EQ(town.get(town.ben_id, nobody()).error().code, Code::kUnauthenticated);
  EXPECT_TRUE(town.get(town.ben_id, town.ada));
  EXPECT_EQ(town.get(town.eve_id, town.ada).error().code, Code::kNotFound);
  EXPECT_TRUE(town.get(town.eve_id, town.root));
}

TEST(AccountService, ListsAccountsForSuperadminsOnly) {
  Town town;
  const v1::ListAccountsRequest all;
  EXPECT_EQ(town.node.refusal("AccountService/ListAccounts", all, nobody()),
            Code::kUnauthenticated);
  EXPECT_EQ(town.node.refusal("AccountService/ListAccounts", all, town.ada),
            Code::kPermissionDenied);
  const auto listed =
      town.node.call<v1::ListAccountsResponse>("AccountService/ListAccounts", all, town.root);
  ASSERT_EQ(listed->accounts_size(), 4);
  EXPECT_EQ(listed->accounts(0).email(), "ada@example.org");
  EXPECT_EQ(listed->accounts(3).email(), "root@example.org");
}

TEST(AccountService, AppointsAndDismissesSuperadminsButForTheLast) {
  Town town;
  AccountsNode& node = town.node;
  const std::string root_id = node.id_of(town.root);
  EXPECT_EQ(node.revoke(town.root, root_id), Code::kFailedPrecondition);
  EXPECT_EQ(node.grant(town.root, town.ben_id, Role::ROLE_SUPERADMIN), Code::kOk);
  EXPECT_EQ(node.grant(town.root, town.ben_id, Role::ROLE_ADMIN), Code::kFailedPrecondition);
  EXPECT_EQ(node.revoke(town.ben, root_id), Code::kOk);
  EXPECT_EQ(node.grant(town.root, town.eve_id, Role::ROLE_USER, "choir"), Code::kPermissionDenied);
  EXPECT_EQ(node.revoke(town.ben, town.ben_id), Code::kFailedPrecondition);
  node.restart();
  EXPECT_EQ(node.revoke(town.ben, town.ben_id), Code::kFailedPrecondition);
}

TEST(AccountService, CreatesAccountsForSuperadminsOnly) {
  Town town;
  v1::CreateAccountRequest request;
  request.set_email("new@example.org");
  const std::string method = "AccountService/CreateAccount";
  EXPECT_EQ(town.node.refusal(method, request, nobody()), Code::kUnauthenticated);
  EXPECT_EQ(town.node.refusal(method, request, town.ada), Code::kPermissionDenied);
  const auto created = town.node.call<v1::CreateAccountResponse>(method, request, town.root);
  ASSERT_TRUE(created) << created.error().message;
  EXPECT_EQ(town.get(created->account_id(), town.root)->account().email(), "new@example.org");
  request.set_account_id("new");
  EXPECT_EQ(town.node.refusal(method, request, town.root), Code::kAlreadyExists);
}

}  // namespace
}  // namespace mt::sys_accounts
