// Values that one entity holds alone – e-mails, names of organisations –, fought for by many
// clients at once, freed and taken again, through kill -9 and with tables that are folded anew.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "ops/client/client.h"
#include "sys/accounts/v1/accounts.pb.h"
#include "sys/core/v1/claims.pb.h"
#include "sys/core/v1/core.pb.h"
#include "tests/scenario/container.h"

namespace mt::test {
namespace {

namespace accounts = ::sys::accounts::v1;
namespace core = ::sys::core::v1;

constexpr int kClients = 16;
constexpr int kRounds = 25;

Client operator_of(const Container& container) {
  return Client::connect("unix:" + container.socket().string());
}

Code create_org(const Client& client, const std::string& id, const std::string& name) {
  accounts::CreateOrgRequest request;
  request.set_org_id(id);
  request.set_name(name);
  const auto reply =
      client.call<accounts::CreateOrgResponse>("sys.accounts.v1.OrgService/CreateOrg", request);
  return reply ? Code::kOk : reply.error().code;
}

Code rename_org(const Client& client, const std::string& id, const std::string& name) {
  accounts::RenameOrgRequest request;
  request.set_org_id(id);
  request.set_name(name);
  const auto reply =
      client.call<accounts::RenameOrgResponse>("sys.accounts.v1.OrgService/RenameOrg", request);
  return reply ? Code::kOk : reply.error().code;
}

Code create_account(const Client& client, const std::string& id, const std::string& email) {
  accounts::CreateAccountRequest request;
  request.set_account_id(id);
  request.set_email(email);
  const auto reply = client.call<accounts::CreateAccountResponse>(
      "sys.accounts.v1.AccountService/CreateAccount", request);
  return reply ? Code::kOk : reply.error().code;
}

// What each of many clients, on connections of their own, is answered when they all ask at once.
template <typename Ask>
std::map<Code, int> all_at_once(const std::vector<Client>& clients, const Ask& ask) {
  std::vector<Code> answers(clients.size());
  std::atomic<std::size_t> ready = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < clients.size(); ++i) {
    threads.emplace_back([&, i] {
      for (++ready; ready < clients.size();) std::this_thread::yield();
      answers[i] = ask(clients[i], i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<Code, int> counts;
  for (const Code answer : answers) ++counts[answer];
  return counts;
}

using Holders = std::map<std::string, std::string>;  // by "scope value": stream and position

Holders holders(const Client& client) {
  Holders all;
  core::ListClaimsRequest request;
  request.set_module("sys_accounts");
  request.set_page_size(7);  // so that there are many pages
  do {
    const auto page =
        client.call<core::ListClaimsResponse>("sys.core.v1.ClaimService/ListClaims", request);
    if (!page) {
      ADD_FAILURE() << page.error().message;
      return all;
    }
    for (const core::ClaimHeld& claim : page->claims()) {
      all[claim.scope() + " " + claim.value()] =
          claim.stream() + " since " + std::to_string(claim.since());
    }
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return all;
}

// The holder's stream; empty when nobody holds the name.
std::string holder_of_name(const Client& client, const std::string& name) {
  core::GetClaimRequest request;
  request.set_module("sys_accounts");
  request.set_scope("org_name");
  request.set_value(name);
  const auto held =
      client.call<core::GetClaimResponse>("sys.core.v1.ClaimService/GetClaim", request);
  return held ? held->claim().stream() : "";
}

const std::map<Code, int> kOneWins{{Code::kOk, 1}, {Code::kAlreadyExists, kClients - 1}};

TEST(Claims, AreHeldByExactlyOneThroughAll) {
  Container container;
  Holders before;
  {
    std::vector<Client> clients;
    for (int i = 0; i < kClients; ++i) clients.push_back(operator_of(container));
    for (int round = 0; round < kRounds; ++round) {
      const std::string mark = std::to_string(round);
      const auto id = [&](std::size_t i) { return "o" + mark + "." + std::to_string(i); };
      EXPECT_EQ(all_at_once(clients,
                            [&](const Client& client, std::size_t i) {
                              return create_account(client, "a" + id(i), "Same" + mark + "@x.org");
                            }),
                kOneWins);
      EXPECT_EQ(all_at_once(clients,
                            [&](const Client& client, std::size_t i) {
                              return create_org(client, id(i), "Choir " + mark);
                            }),
                kOneWins);
    }
    before = holders(clients[0]);
    EXPECT_EQ(before.size(), 2u * kRounds);
    container.kill();
  }
  std::filesystem::remove_all(container.data() / "tables");
  container.start();
  EXPECT_EQ(holders(operator_of(container)), before) << "the log alone says who holds what";
  container.kill();
  container.start();
  EXPECT_EQ(holders(operator_of(container)), before);
}

TEST(Claims, AreFreedByTheEventThatSaysSoAndTakenByAnother) {
  Container container;
  std::vector<Client> clients;
  for (int i = 0; i < kClients; ++i) clients.push_back(operator_of(container));
  const Client& client = clients[0];
  const auto id = [](std::size_t i) { return "org" + std::to_string(i); };
  for (std::size_t i = 0; i < kClients; ++i) {
    ASSERT_EQ(create_org(client, id(i), "Own " + std::to_string(i)), Code::kOk);
  }
  // Whoever has the name gives it away while all want it: it goes from hand to hand, and is never
  // in two.
  ASSERT_EQ(rename_org(client, id(0), "Wanted"), Code::kOk);
  for (int round = 0; round < kRounds; ++round) {
    const std::string holder = holder_of_name(client, "wanted");
    ASSERT_FALSE(holder.empty());
    const auto answers = all_at_once(clients, [&](const Client& one, std::size_t i) {
      const bool gives = holder == "org/" + id(i);
      return rename_org(one, id(i), gives ? "Own " + std::to_string(i) : "Wanted");
    });
    const int refused =
        answers.contains(Code::kAlreadyExists) ? answers.at(Code::kAlreadyExists) : 0;
    const int done = answers.at(Code::kOk);
    EXPECT_EQ(done + refused, kClients);
    // The giver, and at most one of those who came after it.
    EXPECT_TRUE(done == 1 || done == 2) << done;
    const std::string now = holder_of_name(client, "wanted");
    EXPECT_NE(now, holder);
    EXPECT_EQ(now.empty(), done == 1);
    if (now.empty()) {
      ASSERT_EQ(rename_org(client, id(static_cast<std::size_t>(round) % kClients), "Wanted"),
                Code::kOk);
    }
  }
  const Holders before = holders(client);
  EXPECT_EQ(before.size(), static_cast<std::size_t>(kClients)) << "as many as there are";
  container.kill();
  std::filesystem::remove_all(container.data() / "tables");
  container.start();
  EXPECT_EQ(holders(operator_of(container)), before);
}

TEST(Claims, AreShownToTheOperatorAlone) {
  Container container;
  const Client client = operator_of(container);
  ASSERT_EQ(create_account(client, "ann", "Ann@example.org"), Code::kOk);
  ASSERT_EQ(create_org(client, "choir", "Harbour  Choir"), Code::kOk);

  const Finished shown =
      container.mtctl({"claims", "show", "sys_accounts", "email", "ann@example.org"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("holder  account/ann"), std::string::npos) << shown.out;
  const Finished nobody = container.mtctl({"claims", "show", "sys_accounts", "email", "b@x.org"});
  EXPECT_EQ(nobody.exit_code, 3) << nobody.out;

  const Finished all = container.mtctl({"claims", "list", "sys_accounts"});
  EXPECT_NE(all.out.find("keyed:"), std::string::npos) << all.out;
  EXPECT_EQ(all.out.find("ann@"), std::string::npos) << all.out;
  EXPECT_NE(all.out.find("harbour choir"), std::string::npos) << all.out;
  const Finished names =
      container.mtctl({"-o", "ndjson", "claims", "list", "sys_accounts", "--scope", "org_name"});
  EXPECT_EQ(names.out.find("ann@"), std::string::npos) << names.out;
  EXPECT_NE(names.out.find("\"stream\":\"org/choir\""), std::string::npos) << names.out;
  const Finished one = container.mtctl({"claims", "list", "sys_accounts", "--most", "1"});
  EXPECT_NE(one.err.find("there are more"), std::string::npos) << one.err;

  // Anyone who is no superadmin learns of nobody's e-mail.
  const Client stranger = Client::connect(container.server());
  core::GetClaimRequest request;
  request.set_module("sys_accounts");
  request.set_scope("email");
  request.set_value("ann@example.org");
  const auto refused =
      stranger.call<core::GetClaimResponse>("sys.core.v1.ClaimService/GetClaim", request);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnauthenticated);
}

}  // namespace
}  // namespace mt::test
