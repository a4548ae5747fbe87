// From a container that nobody may use to one with a superadmin, an organisation and its notices.
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "events/base/check.h"
#include "sys/core/v1/core.pb.h"
#include "tests/fixture/built.h"
#include "tests/fixture/file_content.h"
#include "tests/scenario/person.h"

namespace mt::test {
namespace {

namespace accounts = ::sys::accounts::v1;
namespace core = ::sys::core::v1;
namespace notices = ::mod::main::v1;

const std::string kPassword = "correct horse battery";
// Hashing as cheap as it may be, so that the tests are about something else.
const std::string kConfig = "sys_accounts:\n  password_memory_mib: 8\n  password_passes: 1\n";

const std::string kAccounts = "sys.accounts.v1.AccountService/";
const std::string kNotices = "mod.main.v1.NoticeService/";

Result<accounts::CreateFirstSuperadminResponse> redeem(const Person& person,
                                                       const std::string& token,
                                                       const std::string& email) {
  accounts::CreateFirstSuperadminRequest request;
  request.set_token(token);
  request.set_email(email);
  request.set_password(kPassword);
  return person.ask<accounts::CreateFirstSuperadminResponse>(
      "sys.accounts.v1.SetupService/CreateFirstSuperadmin", request);
}

// The one that a container without a superadmin prints at its start, after `ready`.
std::string printed_token(Container& container) {
  return value_in(" " + container.process().wait_for_line("setup token="), "token");
}

Result<accounts::IssueSetupTokenResponse> issue(const Person& person) {
  return person.ask<accounts::IssueSetupTokenResponse>(
      "sys.accounts.v1.SetupService/IssueSetupToken", accounts::IssueSetupTokenRequest());
}

Code create_org(const Person& person, const std::string& id, const std::string& name) {
  accounts::CreateOrgRequest request;
  request.set_org_id(id);
  request.set_name(name);
  return code_of(
      person.ask<accounts::CreateOrgResponse>("sys.accounts.v1.OrgService/CreateOrg", request));
}

Code create_project(const Person& person, const std::string& id, const std::string& org) {
  accounts::CreateProjectRequest request;
  request.set_project_id(id);
  request.set_org_id(org);
  request.set_name("Project " + id);
  return code_of(person.ask<accounts::CreateProjectResponse>(
      "sys.accounts.v1.ProjectService/CreateProject", request));
}

Code grant(const Person& person, const std::string& account_id, api::v1::Role role,
           const std::string& org) {
  accounts::GrantRoleRequest request;
  request.set_account_id(account_id);
  request.set_role(role);
  request.set_org_id(org);
  return code_of(person.ask<accounts::GrantRoleResponse>(kAccounts + "GrantRole", request));
}

Code post(const Person& person, const std::string& org, const std::string& id) {
  notices::PostNoticeRequest request;
  request.set_org_id(org);
  request.set_notice_id(id);
  request.set_title("Title of " + id);
  request.set_text("Text");
  return code_of(person.ask<notices::PostNoticeResponse>(kNotices + "PostNotice", request));
}

Code edit(const Person& person, const std::string& org, const std::string& id) {
  notices::EditNoticeRequest request;
  request.set_org_id(org);
  request.set_notice_id(id);
  request.set_title("New title");
  request.set_text("Text");
  return code_of(person.ask<notices::EditNoticeResponse>(kNotices + "EditNotice", request));
}

Code withdraw(const Person& person, const std::string& org, const std::string& id) {
  notices::WithdrawNoticeRequest request;
  request.set_org_id(org);
  request.set_notice_id(id);
  return code_of(person.ask<notices::WithdrawNoticeResponse>(kNotices + "WithdrawNotice", request));
}

Result<notices::ListNoticesResponse> list(const Person& person, const std::string& org) {
  notices::ListNoticesRequest request;
  request.set_org_id(org);
  return person.ask<notices::ListNoticesResponse>(kNotices + "ListNotices", request);
}

// How far the logs are, but for that of sys_accounts: while there is no superadmin each start
// issues a token.
std::string heads(const Person& person) {
  const auto status = person.ask<core::GetStatusResponse>("sys.core.v1.StatusService/GetStatus",
                                                          core::GetStatusRequest());
  check(status.has_value(), "the operator sees the status");
  std::string text;
  for (const auto& module : status->modules()) {
    if (module.name() == "sys_accounts") continue;
    text += module.name() + "=" + std::to_string(module.log_head()) + " ";
  }
  return text;
}

struct Town {
  Container container;
  Person root;

  explicit Town(const std::string& config = kConfig)
      : container({.config = config}), root(Person::at(container)) {
    check(redeem(root, printed_token(container), "root@example.org").has_value(),
          "the token serves");
    check(root.sign_in("root@example.org", kPassword).has_value(), "the superadmin signs in");
  }
  Person member(const std::string& email) {
    Person person = Person::at(container);
    check(person.sign_up(email, kPassword).has_value(), "the e-mail is free");
    check(person.sign_in(email, kPassword).has_value(), "the password is right");
    return person;
  }
};

TEST(Accounts, BeginWithAOneTimeToken) {
  Container container({.config = kConfig});
  const Person anybody = Person::at(container);
  EXPECT_EQ(code_of(issue(anybody)), Code::kUnauthenticated);
  EXPECT_EQ(create_org(anybody, "choir", "Harbour Choir"), Code::kUnauthenticated);
  const std::string printed = printed_token(container);
  EXPECT_EQ(code_of(redeem(anybody, printed + "x", "root@example.org")), Code::kUnauthenticated);
  ASSERT_EQ(code_of(redeem(anybody, printed, "root@example.org")), Code::kOk);
  EXPECT_EQ(code_of(redeem(anybody, printed, "second@example.org")), Code::kFailedPrecondition);

  container.kill();
  container.start();
  EXPECT_EQ(code_of(redeem(Person::at(container), printed, "second@example.org")),
            Code::kFailedPrecondition);
  EXPECT_EQ(code_of(issue(Person::operator_of(container))), Code::kFailedPrecondition);
  EXPECT_EQ(container.process().out().find("setup token="), std::string::npos);
}

TEST(Accounts, LeadToANoticeOfAnOrganisation) {
  Town town;
  ASSERT_EQ(create_org(town.root, "choir", "Harbour Choir"), Code::kOk);
  ASSERT_EQ(create_org(town.root, "bees", "Bee Keepers"), Code::kOk);
  ASSERT_EQ(create_project(town.root, "tour", "choir"), Code::kOk);
  const Person ada = town.member("ada@example.org");
  EXPECT_EQ(post(ada, "choir", "welcome"), Code::kPermissionDenied);
  ASSERT_EQ(grant(town.root, ada.self()->account_id(), api::v1::ROLE_ADMIN, "choir"), Code::kOk);
  // With the token that she had as a guest.
  ASSERT_EQ(post(ada, "choir", "welcome"), Code::kOk);
  ASSERT_EQ(post(ada, "choir", "keys"), Code::kOk);
  EXPECT_EQ(post(ada, "choir", "keys"), Code::kAlreadyExists);
  ASSERT_EQ(edit(ada, "choir", "welcome"), Code::kOk);
  ASSERT_EQ(withdraw(ada, "choir", "keys"), Code::kOk);
  EXPECT_EQ(edit(ada, "choir", "keys"), Code::kFailedPrecondition);
  EXPECT_EQ(create_project(ada, "party", "choir"), Code::kOk);
  const auto listed = list(ada, "choir");
  ASSERT_TRUE(listed) << listed.error().message;
  ASSERT_EQ(listed->notices_size(), 1);
  EXPECT_EQ(listed->notices(0).title(), "New title");
  EXPECT_EQ(listed->notices(0).author(), ada.self()->account_id());
}

TEST(Accounts, KeepWrongCallersOut) {
  Town town;
  ASSERT_EQ(create_org(town.root, "choir", "Harbour Choir"), Code::kOk);
  ASSERT_EQ(create_org(town.root, "bees", "Bee Keepers"), Code::kOk);
  ASSERT_EQ(post(town.root, "choir", "welcome"), Code::kOk);
  const Person ben = town.member("ben@example.org");
  ASSERT_EQ(grant(town.root, ben.self()->account_id(), api::v1::ROLE_USER, "choir"), Code::kOk);
  const Person eve = town.member("eve@example.org");
  ASSERT_EQ(grant(town.root, eve.self()->account_id(), api::v1::ROLE_ADMIN, "bees"), Code::kOk);
  const Person nobody = Person::at(town.container);

  EXPECT_TRUE(list(ben, "choir"));
  EXPECT_EQ(post(ben, "choir", "mine"), Code::kPermissionDenied);
  EXPECT_EQ(edit(ben, "choir", "welcome"), Code::kPermissionDenied);
  EXPECT_EQ(withdraw(ben, "choir", "welcome"), Code::kPermissionDenied);
  EXPECT_EQ(grant(ben, ben.self()->account_id(), api::v1::ROLE_ADMIN, "choir"),
            Code::kPermissionDenied);
  EXPECT_EQ(code_of(list(eve, "choir")), Code::kPermissionDenied);
  EXPECT_EQ(post(eve, "choir", "hers"), Code::kPermissionDenied);
  // Her right is for her own organisation, and the notice is not of it.
  EXPECT_EQ(edit(eve, "bees", "welcome"), Code::kNotFound);
  EXPECT_EQ(withdraw(eve, "bees", "welcome"), Code::kNotFound);
  EXPECT_EQ(code_of(list(nobody, "choir")), Code::kUnauthenticated);
  EXPECT_EQ(post(nobody, "choir", "ours"), Code::kUnauthenticated);

  Person forger = Person::at(town.container);
  forger.with_token(ben.token().substr(0, ben.token().size() - 8) + "AAAAAAAA");
  EXPECT_EQ(code_of(list(forger, "choir")), Code::kUnauthenticated);
}

// A system before this one let every account call its bus, its backups and its bootstrap.
TEST(Accounts, KeepGuestsFromTheNode) {
  Town town;
  const Person guest = town.member("guest@example.org");
  const auto refusal = [&](const std::string& method, const auto& request) {
    return code_of(guest.ask<core::GetStatusResponse>("sys.core.v1." + method, request));
  };
  EXPECT_EQ(refusal("StatusService/GetStatus", core::GetStatusRequest()), Code::kPermissionDenied);
  EXPECT_EQ(refusal("ProjectionService/ListProjections", core::ListProjectionsRequest()),
            Code::kPermissionDenied);
  EXPECT_EQ(refusal("BootstrapService/ListSets", core::ListSetsRequest()), Code::kPermissionDenied);
  core::GetCommitRequest commit;
  commit.set_module("sys_accounts");
  commit.set_position(1);
  EXPECT_EQ(refusal("EventService/GetCommit", commit), Code::kPermissionDenied);
  const auto seen =
      town.root.ask<core::GetCommitResponse>("sys.core.v1.EventService/GetCommit", commit);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->DebugString().find("hash:"), seen->DebugString().rfind("hash:"))
      << "beside the commit's own hash there is another:\n"
      << seen->DebugString();
}

TEST(Accounts, StandAfterAStopAndAKill) {
  Town town;
  ASSERT_EQ(create_org(town.root, "choir", "Harbour Choir"), Code::kOk);
  Person ada = town.member("ada@example.org");
  ASSERT_EQ(grant(town.root, ada.self()->account_id(), api::v1::ROLE_ADMIN, "choir"), Code::kOk);
  ASSERT_EQ(post(ada, "choir", "welcome"), Code::kOk);
  const std::string before = list(ada, "choir")->SerializeAsString();
  for (const bool in_order : {true, false}) {
    if (in_order) town.container.stop();
    if (!in_order) town.container.kill();
    town.container.start();
    Person again = Person::at(town.container);
    again.with_token(ada.token());
    const auto listed = list(again, "choir");
    ASSERT_TRUE(listed) << listed.error().message;
    EXPECT_EQ(listed->SerializeAsString(), before);
    EXPECT_TRUE(again.sign_in("ada@example.org", kPassword));
    EXPECT_EQ(code_of(again.sign_up("ADA@example.org", kPassword)), Code::kAlreadyExists);
    EXPECT_EQ(create_org(again, "bees", "Bee Keepers"), Code::kPermissionDenied);
  }
}

TEST(Accounts, SignInAgainWhenTheTokenHasExpired) {
  Town town(kConfig + "  token_ttl_seconds: 2\n");
  Person ada = town.member("ada@example.org");
  const std::string first = ada.token();
  // A slow machine may take longer than the token lasts, so that it was good is no matter here.
  Result<accounts::Account> self = ada.self();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (self && std::chrono::steady_clock::now() < end) self = ada.self();
  ASSERT_EQ(code_of(self), Code::kUnauthenticated);
  EXPECT_EQ(self.error().message, "token has expired; sign in again");
  ASSERT_TRUE(ada.sign_in("ada@example.org", kPassword));
  EXPECT_NE(ada.token(), first);
}

TEST(Accounts, WaitAfterWrongPasswords) {
  Town town(kConfig + "  sign_in_attempts: 2\n");
  town.member("ada@example.org");
  Person guesser = Person::at(town.container);
  for (const char* email : {"ada@example.org", "nobody@example.org"}) {
    EXPECT_EQ(code_of(guesser.sign_in(email, "wrong")), Code::kUnauthenticated);
    EXPECT_EQ(code_of(guesser.sign_in(email, "wrong")), Code::kUnauthenticated);
    EXPECT_EQ(code_of(guesser.sign_in(email, kPassword)), Code::kResourceExhausted);
  }
}

TEST(Accounts, LeaveNoPasswordAndNoTokenBehind) {
  Town town;
  const std::string set_up = printed_token(town.container);
  const Person ada = town.member("ada@example.org");
  town.container.stop();
  EXPECT_FALSE(is_in_files(town.container.data(), kPassword));
  EXPECT_FALSE(is_in_files(town.container.data(), ada.token()));
  EXPECT_FALSE(is_in_files(town.container.data(), set_up));
  EXPECT_TRUE(is_in_files(town.container.data(), "ada@example.org"));
  for (const std::string& said : {town.container.process().out(), town.container.process().err()}) {
    EXPECT_EQ(said.find(kPassword), std::string::npos);
    EXPECT_EQ(said.find(ada.token()), std::string::npos);
    EXPECT_EQ(said.find("ada@example.org"), std::string::npos);
    EXPECT_EQ(said.find("$argon2id$"), std::string::npos);
  }
}

// The demo sets of this repository, without the world's cities.
TEST(Accounts, OfTheDemoCannotSignIn) {
  TempFolder sets;
  for (const char* module : {"sys_accounts", "mod_main"}) {
    std::filesystem::create_directories(sets.path() / module);
    std::filesystem::copy(source_folder() / "modules" / module / "bootstrap", sets.path() / module);
  }
  const std::string config = kConfig + "bootstrap_folder: " + sets.path().string() + "\n";
  Container container({.config = config, .arguments = {"--demo"}});
  EXPECT_NE(value_in(container.process().wait_for_line("demo loaded "), "events"), "0");
  const Person local = Person::operator_of(container);
  const auto all = local.ask<accounts::ListAccountsResponse>(kAccounts + "ListAccounts",
                                                             accounts::ListAccountsRequest());
  ASSERT_TRUE(all) << all.error().message;
  ASSERT_EQ(all->accounts_size(), 4);
  EXPECT_EQ(all->accounts(0).account_id(), "ada");
  ASSERT_EQ(all->accounts(1).roles_size(), 3);
  EXPECT_EQ(list(local, "harbour-choir")->notices_size(), 3);
  Person ada = Person::at(container);
  for (const char* guess : {"password", "demo", "ada", "harbour-choir"}) {
    EXPECT_EQ(code_of(ada.sign_in("ada@harbour-choir.example", guess)), Code::kUnauthenticated);
  }
  const std::string before = heads(local);
  container.restart();
  container.process().wait_for_line("demo loaded ");
  EXPECT_EQ(heads(Person::operator_of(container)), before);
}

}  // namespace
}  // namespace mt::test
