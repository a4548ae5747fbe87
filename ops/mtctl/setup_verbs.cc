#include <memory>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/password_prompt.h"
#include "ops/mtctl/verbs.h"
#include "sys/accounts/v1/accounts.pb.h"

namespace mt::mtctl {
namespace {

namespace accounts = sys::accounts::v1;

Result<accounts::IssueSetupTokenResponse> issue(Session& session) {
  return session.client.call<accounts::IssueSetupTokenResponse>(
      "sys.accounts.v1.SetupService/IssueSetupToken", accounts::IssueSetupTokenRequest(),
      session.options);
}

Result<void> print_setup_token(Session& session) {
  MT_TRY(const auto response, issue(session));
  if (!session.output.is_table()) {
    session.output.message(response);
    return {};
  }
  session.output.line(response.token());
  session.output.note("Valid once, until " + time_text(response.expires()) +
                      "; tokens issued before are void. Redeem it from elsewhere with:\n"
                      "  mtctl --server HOST:PORT setup EMAIL --setup-token TOKEN");
  return {};
}

struct Newcomer {
  std::string email;
  std::string token;
};

// Without a token the node is asked for one, which it gives to its operator.
Result<void> create_first_superadmin(Session& session, Newcomer who) {
  if (who.token.empty() && !session.target.is_local())
    return invalid_argument(
        "from elsewhere --setup-token is needed: the container prints one when it starts, and "
        "mtctl setup-link does on its machine");
  MT_TRY(const std::string password,
         ask_password(session.in, session.output.notes(), /*twice=*/true));
  if (who.token.empty()) {
    MT_TRY(const auto issued, issue(session));
    who.token = issued.token();
  }
  accounts::CreateFirstSuperadminRequest request;
  request.set_token(who.token);
  request.set_email(who.email);
  request.set_password(password);
  MT_TRY(const auto response,
         session.client.call<accounts::CreateFirstSuperadminResponse>(
             "sys.accounts.v1.SetupService/CreateFirstSuperadmin", request, session.options));
  if (session.output.is_table())
    session.output.line(who.email + " is superadmin, account " + response.account_id());
  else
    session.output.message(response);
  return {};
}

}  // namespace

void add_setup_verbs(CLI::App& app, Verb& chosen) {
  app.add_subcommand("setup-link", "A new one-time token for the first superadmin")
      ->callback([&chosen] { chosen = print_setup_token; });

  const auto who = std::make_shared<Newcomer>();
  CLI::App* setup = app.add_subcommand("setup", "Make the first superadmin; asks for a password");
  setup->add_option("EMAIL", who->email)->required();
  setup->add_option("--setup-token", who->token,
                    "What the container or setup-link printed; the operator needs none");
  setup->callback([&chosen, who] {
    chosen = [who](Session& session) { return create_first_superadmin(session, *who); };
  });
}

}  // namespace mt::mtctl
