#include <memory>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"
#include "sys/core/v1/commands.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

void print(Output& output, const core::GetCommandResponse& command) {
  output.line("time        " + time_text(command.time()));
  output.line("actor       " + printable(command.actor()));
  output.line("stream      " + printable(command.stream()));
  output.line("positions   " + std::to_string(command.first_position()) + " to " +
              std::to_string(command.last_position()));
  output.line("version     " + std::to_string(command.version()));
  output.line("digest      " + command.request_digest());
  output.line("reply       " + printable(command.reply_type()) + ", " +
              grouped(command.reply_bytes()) + " bytes");
  output.line("remembered  " + (command.has_remembered_until()
                                    ? "until " + time_text(command.remembered_until())
                                    : "for ever"));
}

Result<void> show_command(Session& session, const core::GetCommandRequest& request) {
  MT_TRY(const auto command,
         session.client.call<core::GetCommandResponse>("sys.core.v1.CommandService/GetCommand",
                                                       request, session.options));
  if (session.output.is_table())
    print(session.output, command);
  else
    session.output.message(command);
  return {};
}

}  // namespace

void add_command_verbs(CLI::App& app, Verb& chosen) {
  CLI::App* group =
      app.add_subcommand("commands", "What is remembered of commands")->require_subcommand(1);
  const auto request = std::make_shared<core::GetCommandRequest>();
  CLI::App* show = group->add_subcommand("show", "What a command with an idempotency key did");
  show->add_option_function<std::string>(
          "MODULE", [request](const std::string& name) { request->set_module(name); })
      ->required();
  show->add_option_function<std::string>(
          "ID", [request](const std::string& id) { request->set_command_id(id); }, "Its command id")
      ->required();
  show->callback([&chosen, request] {
    chosen = [request](Session& session) { return show_command(session, *request); };
  });
}

}  // namespace mt::mtctl
