#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/modules/sys_accounts/accounts_node.h"

namespace mt::sys_accounts {
namespace {

TEST(AuthService, RegistersAGuestWhoCanSignIn) {
  AccountsNode node;
  const auto registered = node.sign_up("Ann@Example.org");
  ASSERT_TRUE(registered) << registered.error().message;
  EXPECT_EQ(registered->account_id().size(), 26u);
  const auto signed_in = node.sign_in("ann@example.ORG");
  ASSERT_TRUE(signed_in) << signed_in.error().message;
  EXPECT_EQ(signed_in->account_id(), registered->account_id());
  const auto own = node.call<v1::GetAccountResponse>(
      "AccountService/GetAccount", v1::GetAccountRequest(), bearer(signed_in->access_token()));
  ASSERT_TRUE(own) << own.error().message;
  EXPECT_EQ(own->account().email(), "Ann@Example.org");
  ASSERT_EQ(own->account().roles_size(), 1);
  EXPECT_EQ(own->account().roles(0).role(), Role::ROLE_GUEST);
}

TEST(AuthService, RegistersAnEmailOnce) {
  AccountsNode node;
  ASSERT_TRUE(node.sign_up("ann@example.org"));
  EXPECT_EQ(node.sign_up("ANN@example.org").error().code, Code::kAlreadyExists);
}

TEST(AuthService, RegistersAnEmailOnceWhenManyAskAtOnce) {
  AccountsNode node;
  std::atomic<int> accepted = 0;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      const auto registered = node.sign_up("ann@example.org");
      if (registered) ++accepted;
      if (!registered && registered.error().code == Code::kAlreadyExists) ++refused;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(refused, 3);
}

TEST(AuthService, AnswersARepeatedRegistrationAsTheFirst) {
  AccountsNode node;
  const auto first = node.sign_up("ann@example.org", keyed("k1", nobody()));
  const auto again = node.sign_up("ann@example.org", keyed("k1", nobody()));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->account_id(), first->account_id());
  EXPECT_FALSE(node.sign_up("other@example.org", keyed("k1", nobody())));
}

TEST(AuthService, NamesTheFieldThatIsWrong) {
  AccountsNode node;
  v1::RegisterRequest request;
  request.set_email("no address");
  request.set_password("short");
  const auto refused = node.call<v1::RegisterResponse>("AuthService/Register", request, nobody());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  ASSERT_EQ(refused.error().violations.size(), 2u);
  EXPECT_EQ(refused.error().violations[0].field, "email");
  EXPECT_EQ(refused.error().violations[1].field, "password");
  EXPECT_EQ(refused.error().message.find("short"), std::string::npos) << "shows the password";
}

// Whether an e-mail has an account is nobody's business.
TEST(AuthService, RefusesUnknownEmailsInTheWordsOfWrongPasswords) {
  AccountsNode node;
  ASSERT_TRUE(node.sign_up("ann@example.org"));
  const auto wrong = node.sign_in("ann@example.org", "wrong horse battery");
  const auto unknown = node.sign_in("eve@example.org");
  EXPECT_EQ(wrong.error().code, Code::kUnauthenticated);
  EXPECT_EQ(wrong.error(), unknown.error());
  for (int i = 0; i < 2; ++i) {
    node.sign_in("ann@example.org", "wrong horse battery").has_value();
    node.sign_in("eve@example.org").has_value();
  }
  const auto known_waits = node.sign_in("ann@example.org");
  EXPECT_EQ(known_waits.error().code, Code::kResourceExhausted);
  EXPECT_EQ(known_waits.error(), node.sign_in("eve@example.org").error());
}

TEST(AuthService, LetsTheOwnerInAfterTheWait) {
  AccountsNode node;
  ASSERT_TRUE(node.sign_up("ann@example.org"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(node.sign_in("ann@example.org", "wrong").error().code, Code::kUnauthenticated);
  }
  EXPECT_EQ(node.sign_in("ann@example.org").error().code, Code::kResourceExhausted);
  node.storage().clock.advance(std::chrono::seconds(60));
  EXPECT_TRUE(node.sign_in("ann@example.org"));
  EXPECT_TRUE(node.sign_in("ann@example.org"));
}

TEST(AuthService, FindsNoPasswordForAnAccountWithoutOne) {
  AccountsNode node;
  v1::CreateAccountRequest request;
  request.set_account_id("ada");
  request.set_email("ada@example.org");
  ASSERT_EQ(node.refusal("AccountService/CreateAccount", request), Code::kOk);
  EXPECT_EQ(node.sign_in("ada@example.org").error().code, Code::kUnauthenticated);
  EXPECT_EQ(node.sign_in("ada@example.org", " ").error().code, Code::kUnauthenticated);
  EXPECT_EQ(node.sign_in("ada@example.org", "").error().code, Code::kInvalidArgument);
  EXPECT_EQ(node.sign_up("ada@example.org").error().code, Code::kAlreadyExists);
}

TEST(AuthService, EndsATokenAtItsTime) {
  AccountsNode node;
  const auto ann = node.as("ann@example.org");
  const v1::GetAccountRequest own;
  node.storage().clock.advance(std::chrono::seconds(899));
  EXPECT_EQ(node.refusal("AccountService/GetAccount", own, ann), Code::kOk);
  node.storage().clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(node.refusal("AccountService/GetAccount", own, ann), Code::kUnauthenticated);
  EXPECT_EQ(node.refusal("AccountService/GetAccount", own, bearer("e30.e30.e30")),
            Code::kUnauthenticated);
  EXPECT_EQ(node.refusal("AccountService/GetAccount", own, nobody()), Code::kUnauthenticated);
}

TEST(AuthService, TakesATokenAfterARestart) {
  AccountsNode node;
  const auto ann = node.as("ann@example.org");
  node.restart();
  EXPECT_EQ(node.refusal("AccountService/GetAccount", v1::GetAccountRequest(), ann), Code::kOk);
}

TEST(AuthService, KeepsAndShowsNoPasswordAndNoHash) {
  AccountsNode node;
  const auto root = node.superadmin();
  const auto ann = node.as("ann@example.org");
  EXPECT_FALSE(node.keeps(kPassword));
  EXPECT_FALSE(node.keeps("$argon2id$")) << "it is sealed in the log";
  EXPECT_TRUE(node.keeps("ann@example.org")) << "in its table";
  EXPECT_FALSE(node.is_in_tables("$argon2id$"));
  const auto own =
      node.call<v1::GetAccountResponse>("AccountService/GetAccount", v1::GetAccountRequest(), ann);
  EXPECT_EQ(own->SerializeAsString().find("$argon2id$"), std::string::npos);
  const auto all = node.call<v1::ListAccountsResponse>("AccountService/ListAccounts",
                                                       v1::ListAccountsRequest(), root);
  ASSERT_EQ(all->accounts_size(), 2);
  EXPECT_EQ(all->SerializeAsString().find("$argon2id$"), std::string::npos);
}

}  // namespace
}  // namespace mt::sys_accounts
