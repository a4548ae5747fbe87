#include <memory>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/password_prompt.h"
#include "ops/mtctl/saved_tokens.h"
#include "ops/mtctl/verbs.h"
#include "sys/accounts/v1/accounts.pb.h"

namespace mt::mtctl {
namespace {

namespace accounts = sys::accounts::v1;

struct LoginArguments {
  std::string email;
  bool print = false;
};

Result<void> login(Session& session, const LoginArguments& arguments) {
  if (session.target.is_local() && !arguments.print)
    return invalid_argument(
        "on the local socket you are the operator and need no token; sign in to a server with "
        "--server HOST:PORT, or get a token to use elsewhere with --print");
  accounts::LoginRequest request;
  request.set_email(arguments.email);
  MT_TRY(*request.mutable_password(),
         ask_password(session.in, session.output.notes(), /*twice=*/false));
  MT_TRY(const auto response, session.client.call<accounts::LoginResponse>(
                                  "sys.accounts.v1.AuthService/Login", request, session.options));
  if (!session.output.is_table()) {
    session.output.message(response);
  } else if (arguments.print) {
    session.output.line(response.access_token());
  }
  if (arguments.print) return {};
  const SavedTokens saved = SavedTokens::of_user();
  MT_CHECK_OK(
      saved.save(session.target.server, {response.access_token(), response.expires().seconds()}));
  session.output.note("Signed in to " + session.target.server + " as " + arguments.email +
                      " until " + time_text(response.expires()) + "; the token is in " +
                      saved.path());
  return {};
}

Result<void> logout(Session& session) {
  if (session.target.is_local())
    return invalid_argument("nobody signs in on the local socket; name the server with --server");
  const SavedTokens saved = SavedTokens::of_user();
  MT_TRY(const bool removed, saved.remove(session.target.server));
  session.output.note(removed ? "The token for " + session.target.server + " is removed."
                              : "No token for " + session.target.server + " is in " + saved.path() +
                                    "; nothing to remove.");
  return {};
}

}  // namespace

void add_login_verbs(CLI::App& app, Verb& chosen) {
  const auto arguments = std::make_shared<LoginArguments>();
  CLI::App* in = app.add_subcommand("login", "Sign in to a server; asks for the password");
  in->add_option("EMAIL", arguments->email)->required();
  in->add_flag("--print", arguments->print, "Print the token instead of keeping it");
  in->callback([&chosen, arguments] {
    chosen = [arguments](Session& session) { return login(session, *arguments); };
  });
  app.add_subcommand("logout", "Forget the token of a server")->callback([&chosen] {
    chosen = logout;
  });
}

}  // namespace mt::mtctl
