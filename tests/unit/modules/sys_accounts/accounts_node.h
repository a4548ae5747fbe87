// A node in memory that runs sys_accounts, and calls of its methods as a test says them. Passwords
// are hashed at the lowest cost.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "modules/sys_accounts/module.h"
#include "modules/sys_accounts/server/v1.h"
#include "tests/fixture/given.h"
#include "tests/fixture/test_node.h"

namespace mt::sys_accounts {

inline const std::string kPassword = "correct horse battery";

inline Module cheap_module() {
  Module module = sys_accounts();
  auto& config = static_cast<v1::Config&>(*module.config());
  config.set_password_memory_mib(8);
  config.set_password_passes(1);
  config.set_sign_in_attempts(3);
  return module;
}

inline test::CallAs nobody() { return {.caller = Caller::anonymous()}; }
inline test::CallAs bearer(std::string token) {
  return {.caller = std::nullopt, .token = std::move(token)};
}
inline test::CallAs keyed(std::string key, test::CallAs as = {}) {
  as.key = std::move(key);
  return as;
}

class AccountsNode {
 public:
  AccountsNode() { start(); }

  test::NodeStorage& storage() { return storage_; }
  test::TestNode& node() { return *node_; }
  void restart() {
    node_.reset();
    start();
  }

  template <typename Response, typename Request>
  Result<Response> call(const std::string& method, Request request, test::CallAs as = {}) {
    const auto reply = node_->call("sys.accounts.v1." + method, std::move(request), std::move(as));
    if (!reply) return reply.error();
    return test::message_of<Response>(reply);
  }
  // What such a call is refused with; kOk when it is not.
  template <typename Request>
  Code refusal(const std::string& method, Request request, test::CallAs as = {}) {
    const auto reply = node_->call("sys.accounts.v1." + method, std::move(request), std::move(as));
    return reply ? Code::kOk : reply.error().code;
  }

  Result<v1::RegisterResponse> sign_up(const std::string& email, test::CallAs as = nobody()) {
    v1::RegisterRequest request;
    request.set_email(email);
    request.set_password(kPassword);
    return call<v1::RegisterResponse>("AuthService/Register", request, std::move(as));
  }
  Result<v1::LoginResponse> sign_in(const std::string& email,
                                    const std::string& password = kPassword) {
    v1::LoginRequest request;
    request.set_email(email);
    request.set_password(password);
    return call<v1::LoginResponse>("AuthService/Login", request, nobody());
  }
  // Calls as the account of that e-mail, which is made first.
  test::CallAs as(const std::string& email) {
    check(sign_up(email).has_value(), "the e-mail is free");
    return bearer(sign_in(email)->access_token());
  }
  std::string id_of(const test::CallAs& as) {
    return call<v1::GetAccountResponse>("AccountService/GetAccount", v1::GetAccountRequest(), as)
        ->account()
        .account_id();
  }

  Result<v1::IssueSetupTokenResponse> issue_token(test::CallAs as = {}) {
    return call<v1::IssueSetupTokenResponse>("SetupService/IssueSetupToken",
                                             v1::IssueSetupTokenRequest(), std::move(as));
  }
  Result<v1::CreateFirstSuperadminResponse> redeem(const std::string& token,
                                                   const std::string& email,
                                                   const std::string& password = kPassword,
                                                   test::CallAs as = nobody()) {
    v1::CreateFirstSuperadminRequest request;
    request.set_token(token);
    request.set_email(email);
    request.set_password(password);
    return call<v1::CreateFirstSuperadminResponse>("SetupService/CreateFirstSuperadmin", request,
                                                   std::move(as));
  }
  // Calls as the first superadmin.
  test::CallAs superadmin() {
    check(redeem(issue_token()->token(), "root@example.org").has_value(), "the token is redeemed");
    return bearer(sign_in("root@example.org")->access_token());
  }

  Code grant(const test::CallAs& as, const std::string& account_id, Role role,
             const std::string& org = "", const std::string& project = "") {
    v1::GrantRoleRequest request;
    request.set_account_id(account_id);
    request.set_role(role);
    request.set_org_id(org);
    request.set_project_id(project);
    return refusal("AccountService/GrantRole", request, as);
  }
  Code revoke(const test::CallAs& as, const std::string& account_id, const std::string& org = "",
              const std::string& project = "") {
    v1::RevokeRoleRequest request;
    request.set_account_id(account_id);
    request.set_org_id(org);
    request.set_project_id(project);
    return refusal("AccountService/RevokeRole", request, as);
  }
  Code create_org(const test::CallAs& as, const std::string& id, const std::string& name) {
    v1::CreateOrgRequest request;
    request.set_org_id(id);
    request.set_name(name);
    return refusal("OrgService/CreateOrg", request, as);
  }
  Code create_project(const test::CallAs& as, const std::string& id, const std::string& org,
                      const std::string& name) {
    v1::CreateProjectRequest request;
    request.set_project_id(id);
    request.set_org_id(org);
    request.set_name(name);
    return refusal("ProjectService/CreateProject", request, as);
  }

  // Whether the text is in any record of the log or any row of a table.
  bool keeps(const std::string& text) {
    bool found = false;
    const ModuleName module{"sys_accounts"};
    for (Position next{1}; next <= storage_.log.head(module);) {
      const CommitRecord record = *storage_.log.at(module, next);
      found = found ||
              storage_.memory_log.bytes_at(module, record.first).find(text) != std::string::npos;
      next = record.last() + 1;
    }
    return found || is_in_tables(text);
  }
  bool is_in_tables(const std::string& text) {
    for (const TableState& table : node_->control().tables().states()) {
      if (table.name == "sys_accounts_credentials") continue;
      const auto store = *storage_.memory_kv.open(table.name + "@1");
      bool found = false;
      storage_.memory_kv.read()->scan(store, {}, {}, Order::kForward,
                                      [&](std::string_view, std::string_view row) {
                                        found = found || row.find(text) != std::string_view::npos;
                                        return found ? Scan::kStop : Scan::kGoOn;
                                      });
      if (found) return true;
    }
    return false;
  }

 private:
  void start() {
    std::vector<Module> modules;
    modules.push_back(cheap_module());
    node_ = std::make_unique<test::TestNode>(storage_, std::move(modules));
    node_->must_start();
  }

  test::NodeStorage storage_;
  std::unique_ptr<test::TestNode> node_;
};

}  // namespace mt::sys_accounts
