#include "modules/sys_accounts/server/accounts.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "modules/sys_accounts/server/credentials.h"
#include "tests/fixture/folded.h"

namespace mt::sys_accounts {
namespace {

using namespace test;

v1::AccountEvent registered(const std::string& email) {
  v1::AccountEvent event;
  event.mutable_registered()->set_email(email);
  event.mutable_registered()->set_password_hash("$argon2id$secret");
  return event;
}

v1::AccountEvent granted(Role role, const std::string& org, const std::string& project = "") {
  v1::AccountEvent event;
  auto& grant = *event.mutable_granted()->mutable_grant();
  grant.set_role(role);
  grant.set_org_id(org);
  grant.set_project_id(project);
  return event;
}

struct Table {
  Folded<Accounts> accounts;

  void add(const std::string& id, const std::string& email) {
    accounts.apply("account", id, registered(email));
    accounts.apply("account", id, granted(Role::ROLE_GUEST, ""));
  }
  void appoint(const std::string& id) {
    v1::SuperadminsEvent event;
    event.mutable_appointed()->set_account_id(id);
    accounts.apply("superadmins", "all", event);
  }
  Result<v1::GetAccountResponse> get(const std::string& id, const Caller& caller) {
    v1::GetAccountRequest request;
    request.set_account_id(id);
    return accounts->get(request, *accounts.read(), caller);
  }
  Result<v1::ListAccountsResponse> list(std::uint32_t size, const std::string& token = "",
                                        const std::string& prefix = "") {
    v1::ListAccountsRequest request;
    request.set_page_size(size);
    request.set_page_token(token);
    request.set_email_prefix(prefix);
    return accounts->list(request, *accounts.read());
  }
};

std::vector<std::string> scopes(const v1::Account& account) {
  std::vector<std::string> all;
  for (const auto& grant : account.roles()) {
    all.push_back(api::v1::Role_Name(grant.role()) + "@" + grant.org_id() + "/" +
                  grant.project_id());
  }
  return all;
}

using Scopes = std::vector<std::string>;

TEST(Accounts, AreFoundByEmailHoweverItIsCased) {
  Table table;
  table.add("ann", "Ann@Example.org");
  table.add("annette", "ann@example.org.uk");
  const auto found = table.accounts->find_by_email(*table.accounts.read(), " ANN@example.ORG");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->account_id(), "ann");
  EXPECT_EQ(found->email(), "Ann@Example.org");
  EXPECT_FALSE(table.accounts->find_by_email(*table.accounts.read(), "ann@example"));
  EXPECT_FALSE(table.accounts->find_by_email(*table.accounts.read(), std::string(2000, 'a')));
}

TEST(Accounts, ShowTheirOwnerEverything) {
  Table table;
  table.add("ann", "ann@example.org");
  table.accounts.apply("account", "ann", granted(Role::ROLE_USER, "choir", "tour"));
  const auto own = table.get("", account("ann"));
  ASSERT_TRUE(own);
  EXPECT_EQ(own->account().email(), "ann@example.org");
  EXPECT_EQ(own->account().registered().seconds(), 1'700'000'000);
  EXPECT_EQ(scopes(own->account()), (Scopes{"ROLE_GUEST@/", "ROLE_USER@choir/tour"}));
  EXPECT_TRUE(table.get("ann", account("ann")));
}

TEST(Accounts, AskTheOperatorForAnId) {
  Table table;
  EXPECT_EQ(table.get("", Caller::operator_here()).error().violations.at(0).field, "account_id");
}

TEST(Accounts, ShowAdminsOnlyTheRolesOfTheirOrganisations) {
  Table table;
  table.add("ann", "ann@example.org");
  for (const char* org : {"choir", "harbour", "library"}) {
    table.accounts.apply("account", "ann", granted(Role::ROLE_USER, org));
  }
  table.accounts.apply("account", "ann", granted(Role::ROLE_USER, "harbour", "quay"));
  const auto seen = [&](std::vector<RoleGrant> roles) {
    return scopes(table.get("ann", account("bob", std::move(roles)))->account());
  };
  EXPECT_EQ(seen({{Role::ROLE_ADMIN, "choir", ""}}), (Scopes{"ROLE_USER@choir/"}));
  EXPECT_EQ(seen({{Role::ROLE_ADMIN, "harbour", "quay"}}), (Scopes{"ROLE_USER@harbour/quay"}));
  EXPECT_EQ(seen({{Role::ROLE_ADMIN, "", ""}}).size(), 5u);
}

TEST(Accounts, ShowASuperadminInPlaceOfAnyRoleEverywhere) {
  Table table;
  table.add("ann", "ann@example.org");
  table.appoint("ann");
  EXPECT_EQ(scopes(table.get("", account("ann"))->account()), (Scopes{"ROLE_SUPERADMIN@/"}));
  v1::SuperadminsEvent dismissed;
  dismissed.mutable_dismissed()->set_account_id("ann");
  table.accounts.apply("superadmins", "all", dismissed);
  EXPECT_EQ(scopes(table.get("", account("ann"))->account()), (Scopes{"ROLE_GUEST@/"}));
}

TEST(Accounts, ForgetARevokedRole) {
  Table table;
  table.add("ann", "ann@example.org");
  table.accounts.apply("account", "ann", granted(Role::ROLE_ADMIN, "choir"));
  v1::AccountEvent revoked;
  revoked.mutable_revoked()->set_org_id("choir");
  table.accounts.apply("account", "ann", revoked);
  EXPECT_EQ(scopes(table.get("", account("ann"))->account()), (Scopes{"ROLE_GUEST@/"}));
}

TEST(Accounts, AreListedInTheOrderOfTheirEmails) {
  Table table;
  for (const std::string name : {"dot", "Ann", "cid", "bob"})
    table.add(name, name + "@example.org");
  const auto page = table.list(10);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->accounts_size(), 4);
  EXPECT_EQ(page->accounts(0).account_id(), "Ann");
  EXPECT_EQ(page->accounts(3).account_id(), "dot");
  EXPECT_TRUE(page->next_page_token().empty());
  EXPECT_EQ(table.list(10, "", "C")->accounts_size(), 1);
}

TEST(Accounts, RefuseAPageTokenOfAnotherFilter) {
  Table table;
  for (const std::string name : {"aa", "ab", "b"}) table.add(name, name + "@example.org");
  const auto page = table.list(1, "", "a");
  ASSERT_FALSE(page->next_page_token().empty());
  EXPECT_EQ(table.list(1, page->next_page_token(), "A")->accounts(0).account_id(), "ab");
  EXPECT_EQ(table.list(1, page->next_page_token(), "b").error().code, Code::kInvalidArgument);
  EXPECT_EQ(table.list(1, "", std::string(255, 'x')).error().code, Code::kInvalidArgument);
}

TEST(Credentials, HoldTheHashThatAccountsDoNot) {
  Folded<Credentials> credentials;
  credentials.apply("account", "ann", registered("ann@example.org"));
  credentials.apply("account", "ann", granted(Role::ROLE_USER, "choir"));
  EXPECT_EQ(credentials->password_hash(*credentials.read(), "ann"), "$argon2id$secret");
  EXPECT_EQ(credentials->password_hash(*credentials.read(), "bob"), "");
}

}  // namespace
}  // namespace mt::sys_accounts
