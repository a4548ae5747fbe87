#include "modules/sys_accounts/module.h"

#include <memory>
#include <utility>

#include "modules/sys_accounts/server/account.h"
#include "modules/sys_accounts/server/org.h"
#include "modules/sys_accounts/server/project.h"
#include "modules/sys_accounts/server/services.h"
#include "modules/sys_accounts/server/superadmins.h"
#include "modules/sys_accounts/server/token_authenticator.h"

namespace mt::sys_accounts {
namespace {

v1::Config defaults() {
  v1::Config config;
  config.set_token_ttl_seconds(900);
  config.set_setup_token_ttl_hours(24);
  config.set_password_memory_mib(64);
  config.set_password_passes(2);
  config.set_sign_in_attempts(5);
  config.set_sign_in_wait_seconds(60);
  config.mutable_commands()->set_remember_hours(kRememberedHours);
  return config;
}

// None without the signing key; binding AuthService then says why, and the node does not start.
std::shared_ptr<const Authenticator> make_authenticator(const Deps& deps, const Tables& tables) {
  auto tokens = AccessTokens::open(deps);
  if (!tokens) return nullptr;
  return std::make_shared<TokenAuthenticator>(
      *std::move(tokens), deps.clock, [&deps, tables](const std::string& account_id) {
        return deps.node.tables().read(
            [&](const KvReader& kv) { return tables.accounts->find(kv, account_id); });
      });
}

}  // namespace

Module sys_accounts() {
  Module module("sys_accounts", "0.1.0", defaults());
  module.entity<Account>();
  module.entity<Superadmins>();
  module.entity<Org>();
  module.entity<Project>();
  module.personal_claims("email");
  const Tables tables{module.projection<Accounts>(), module.projection<Credentials>(),
                      module.projection<Orgs>(), module.projection<Projects>()};
  const auto serve = [&](const char* service, auto bind) {
    module.serve(service, [=](Api& api, const Deps& deps) { return bind(api, deps, tables); });
  };
  serve("sys.accounts.v1.SetupService", bind_setup);
  serve("sys.accounts.v1.AuthService", bind_auth);
  serve("sys.accounts.v1.AccountService", bind_accounts);
  serve("sys.accounts.v1.OrgService", bind_orgs);
  serve("sys.accounts.v1.ProjectService", bind_projects);
  module.authenticates([tables](const Deps& deps) { return make_authenticator(deps, tables); });
  return module;
}

}  // namespace mt::sys_accounts
