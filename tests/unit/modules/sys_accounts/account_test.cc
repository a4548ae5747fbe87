#include "modules/sys_accounts/server/account.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/fixture/given.h"

namespace mt::sys_accounts {
namespace {

using namespace test;

v1::AccountCommand register_as(const std::string& email) {
  v1::AccountCommand command;
  command.mutable_register_account()->set_email(email);
  command.mutable_register_account()->set_password_hash("$argon2id$…");
  return command;
}

v1::AccountCommand create_as(const std::string& email) {
  v1::AccountCommand command;
  command.mutable_create()->set_email(email);
  return command;
}

v1::AccountCommand grant(Role role, const std::string& org = "", const std::string& project = "") {
  v1::AccountCommand command;
  command.mutable_grant()->set_account_id("ann");
  command.mutable_grant()->set_role(role);
  command.mutable_grant()->set_org_id(org);
  command.mutable_grant()->set_project_id(project);
  return command;
}

v1::AccountCommand revoke(const std::string& org = "", const std::string& project = "") {
  v1::AccountCommand command;
  command.mutable_revoke()->set_account_id("ann");
  command.mutable_revoke()->set_org_id(org);
  command.mutable_revoke()->set_project_id(project);
  return command;
}

Given<Account> registered() {
  return given<Account>().named("ann").done(register_as("Ann@Example.org"));
}

TEST(Account, IsRegisteredAsAGuestWhoHoldsItsEmail) {
  const auto decided = given<Account>().named("ann").when(register_as(" Ann@Example.ORG "));
  ASSERT_TRUE(decided);
  ASSERT_EQ(decided->events.size(), 2u);
  EXPECT_EQ(decided->events[0].registered().email(), " Ann@Example.ORG ");
  EXPECT_EQ(decided->events[1].granted().grant().role(), Role::ROLE_GUEST);
  EXPECT_EQ(decided->events[1].granted().grant().org_id(), "");
  ASSERT_EQ(decided->taken.size(), 1u);
  EXPECT_EQ(decided->taken[0], (Claim{"email", "ann@example.org"}));
  EXPECT_EQ(decided.reply<v1::RegisterResponse>().account_id(), "ann");
}

TEST(Account, RefusesASecondRegistration) {
  const auto decided = registered().when(register_as("ann@example.org"));
  EXPECT_EQ(decided.refusal(), Code::kAlreadyExists);
}

TEST(Account, RefusesAnEmailOfMoreBytesThanAKeyHolds) {
  const auto decided = given<Account>().named("ann").when(register_as(std::string(255, 'a')));
  EXPECT_EQ(decided.refusal(), Code::kInvalidArgument);
  EXPECT_EQ(decided.refused_field(), "email");
}

TEST(Account, KeepsOneRoleAScope) {
  auto given = registered();
  given.done(grant(Role::ROLE_USER, "choir")).done(grant(Role::ROLE_ADMIN, "choir"));
  given.done(grant(Role::ROLE_USER, "choir", "tour"));
  EXPECT_EQ(given.state().roles.at({"choir", ""}), Role::ROLE_ADMIN);
  EXPECT_EQ(given.state().roles.at({"choir", "tour"}), Role::ROLE_USER);
  EXPECT_EQ(given.state().roles.at({"", ""}), Role::ROLE_GUEST);
}

TEST(Account, ChangesNothingWhenTheRoleIsHeldAlready) {
  auto given = registered();
  const auto decided =
      given.done(grant(Role::ROLE_USER, "choir")).when(grant(Role::ROLE_USER, "choir"));
  ASSERT_TRUE(decided);
  EXPECT_TRUE(decided->events.empty());
}

TEST(Account, RefusesRolesBeforeItIsRegistered) {
  EXPECT_EQ(given<Account>().named("ann").when(grant(Role::ROLE_USER)).refusal(), Code::kNotFound);
  EXPECT_EQ(given<Account>().named("ann").when(revoke()).refusal(), Code::kNotFound);
}

TEST(Account, TakesRolesFromAnAdminOfTheScopeOnly) {
  auto given = registered();
  const RoleGrant choir_admin{Role::ROLE_ADMIN, "choir", ""};
  given.by(account("bob", {choir_admin}));
  EXPECT_TRUE(given.when(grant(Role::ROLE_ADMIN, "choir")));
  EXPECT_TRUE(given.when(grant(Role::ROLE_USER, "choir", "tour")));
  EXPECT_EQ(given.when(grant(Role::ROLE_USER, "harbour")).refusal(), Code::kPermissionDenied);
  EXPECT_EQ(given.when(grant(Role::ROLE_USER)).refusal(), Code::kPermissionDenied);

  given.by(account("cid", {{Role::ROLE_USER, "choir", ""}}));
  EXPECT_EQ(given.when(grant(Role::ROLE_USER, "choir")).refusal(), Code::kPermissionDenied);

  given.by(account("dot", {{Role::ROLE_ADMIN, "choir", "tour"}}));
  EXPECT_TRUE(given.when(grant(Role::ROLE_ADMIN, "choir", "tour")));
  EXPECT_EQ(given.when(grant(Role::ROLE_USER, "choir")).refusal(), Code::kPermissionDenied);
}

// A system before this one let a member of an organisation set its own role there.
TEST(Account, NeverRaisesItself) {
  auto given = registered();
  given.done(grant(Role::ROLE_USER, "choir")).done(grant(Role::ROLE_ADMIN, "choir", "tour"));
  given.by(account("ann", {{Role::ROLE_GUEST, "", ""},
                           {Role::ROLE_USER, "choir", ""},
                           {Role::ROLE_ADMIN, "choir", "tour"}}));
  for (const Role role : {Role::ROLE_USER, Role::ROLE_ADMIN}) {
    EXPECT_EQ(given.when(grant(role)).refusal(), Code::kPermissionDenied);
    EXPECT_EQ(given.when(grant(role, "choir")).refusal(), Code::kPermissionDenied);
    EXPECT_EQ(given.when(grant(role, "choir", "party")).refusal(), Code::kPermissionDenied);
    EXPECT_EQ(given.when(grant(role, "bees", "tour")).refusal(), Code::kPermissionDenied);
  }
  EXPECT_NE(given.when(grant(Role::ROLE_SUPERADMIN)).refusal(), Code::kOk);
}

TEST(Account, KeepsTheRoleOfWhoIsAboveTheCaller) {
  auto given = registered();
  given.done(grant(Role::ROLE_ADMIN)).by(account("bob", {{Role::ROLE_USER, "", ""}}));
  EXPECT_EQ(given.when(grant(Role::ROLE_GUEST)).refusal(), Code::kPermissionDenied);
  EXPECT_EQ(given.when(revoke()).refusal(), Code::kPermissionDenied);
}

TEST(Account, TakesEveryGrantOfItsCallerIntoAccount) {
  auto given = registered();
  given.by(account("bob", {{Role::ROLE_ADMIN, "bees", ""}, {Role::ROLE_ADMIN, "choir", ""}}));
  EXPECT_TRUE(given.when(grant(Role::ROLE_ADMIN, "bees")));
  EXPECT_TRUE(given.when(grant(Role::ROLE_ADMIN, "choir")));
}

TEST(Account, IsCreatedForSomebodyElseWithoutAPassword) {
  const auto created = given<Account>().named("ada").when(create_as("ada@example.org"));
  ASSERT_TRUE(created);
  ASSERT_EQ(created.events().size(), 2u);
  EXPECT_EQ(created.events()[0].registered().password_hash(), "");
  EXPECT_EQ(created->taken.at(0), (Claim{"email", "ada@example.org"}));
  EXPECT_EQ(created.reply<v1::CreateAccountResponse>().account_id(), "ada");
  EXPECT_EQ(registered().when(create_as("other@example.org")).refusal(), Code::kAlreadyExists);
}

TEST(Account, IsCreatedBySuperadminsOnly) {
  auto given_none = given<Account>().named("ada");
  given_none.by(account("bob", {{Role::ROLE_ADMIN, "", ""}}));
  EXPECT_EQ(given_none.when(create_as("ada@example.org")).refusal(), Code::kPermissionDenied);
  given_none.by(account("bob", {{Role::ROLE_SUPERADMIN, "", ""}}));
  EXPECT_TRUE(given_none.when(create_as("ada@example.org")));
}

// Else the log could not tell what an account did from what the operator did.
TEST(Account, HasNoNameThatTheLogGivesToOthers) {
  for (const char* id : {"operator", "system", "anonymous"}) {
    const auto created = given<Account>().named(id).when(create_as("ada@example.org"));
    EXPECT_EQ(created.refused_field(), "account_id") << id;
  }
}

TEST(Account, RefusesAProjectWithoutItsOrganisation) {
  const auto decided = registered().when(grant(Role::ROLE_USER, "", "tour"));
  EXPECT_EQ(decided.refusal(), Code::kInvalidArgument);
  EXPECT_EQ(decided.refused_field(), "org_id");
}

TEST(Account, RefusesSuperadminsOfAScope) {
  const auto decided = registered().when(grant(Role::ROLE_SUPERADMIN, "choir"));
  EXPECT_EQ(decided.refusal(), Code::kInvalidArgument);
  EXPECT_EQ(decided.refused_field(), "role");
}

TEST(Account, NeverHoldsTheRoleOfASuperadminItself) {
  EXPECT_FALSE(registered().when(grant(Role::ROLE_SUPERADMIN)));
}

TEST(Account, LosesTheRoleOfTheNamedScopeOnly) {
  auto given = registered();
  given.done(grant(Role::ROLE_USER, "choir")).done(grant(Role::ROLE_USER, "choir", "tour"));
  given.done(revoke("choir"));
  EXPECT_FALSE(given.state().roles.contains({"choir", ""}));
  EXPECT_TRUE(given.state().roles.contains({"choir", "tour"}));
  EXPECT_EQ(given.when(revoke("choir")).refusal(), Code::kNotFound);
}

TEST(Account, TellsStrangersNothingOfItsRoles) {
  auto given = registered();
  given.done(grant(Role::ROLE_USER, "choir")).by(account("eve", {{Role::ROLE_ADMIN, "other", ""}}));
  EXPECT_EQ(given.when(revoke("choir")).refusal(), Code::kPermissionDenied);
  EXPECT_EQ(given.when(revoke("nowhere")).refusal(), Code::kPermissionDenied);
}

TEST(Account, HasABoundedNumberOfRoles) {
  auto given = registered();
  for (std::size_t i = 1; i < Account::kMaxRoles; ++i) {
    given.done(grant(Role::ROLE_USER, "org" + std::to_string(i)));
  }
  EXPECT_EQ(given.when(grant(Role::ROLE_USER, "one-more")).refusal(), Code::kFailedPrecondition);
  EXPECT_TRUE(given.when(grant(Role::ROLE_ADMIN, "org1")));
}

TEST(Account, RefusesAnEmptyCommand) {
  EXPECT_EQ(registered().when({}).refusal(), Code::kInvalidArgument);
}

}  // namespace
}  // namespace mt::sys_accounts
