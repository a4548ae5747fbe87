#include "ops/mtctl/command_line.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>

#include "ops/mtctl/exit_code.h"
#include "ops/mtctl/number_check.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"

namespace mt::mtctl {
namespace {

constexpr char kFooter[] =
    "Without --server it speaks to the container whose data folder is --data, as its operator.\n"
    "Environment: MT_DATA, MT_SERVER, MT_TOKEN. Exit codes: 0 ok, 1 failed, 2 usage, 3 not found,\n"
    "4 not allowed, 5 conflict, 6 unavailable, 7 timeout.";

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

struct GlobalArguments {
  std::string data;
  std::string server;
  std::string token;
  std::string token_file;
  std::string format = "table";
};

void add_globals(CLI::App& app, GlobalArguments& global, CommandLine& command) {
  CLI::Option* data = app.add_option("--data", global.data, "The container's data folder (./data)");
  app.add_option("--server", global.server, "HOST:PORT of a container instead")->excludes(data);
  app.add_flag("--tls", command.target.tls, "Speak TLS with the server");
  app.add_option("--ca", command.ca_file, "PEM file of who signed its certificate; implies --tls");
  CLI::Option* certificate = app.add_option("--cert", command.certificate_file,
                                            "PEM file of your own certificate; implies --tls");
  CLI::Option* key = app.add_option("--key", command.key_file, "PEM file of its key");
  certificate->needs(key);
  key->needs(certificate);
  CLI::Option* token = app.add_option("--token", global.token, "Access token of the caller");
  app.add_option("--token-file", global.token_file, "File that holds it")->excludes(token);
  app.add_option("--deadline", command.deadline_seconds, "Seconds to wait (10; streams: no end)")
      ->check(above_zero());
  app.add_flag("--version", command.version, "The version of this program");
  app.add_option("-o,--output", global.format, "table, json or ndjson")
      ->check(CLI::IsMember({"table", "json", "ndjson"}).description(""))
      ->type_name("FORMAT");
}

void add_verbs(CLI::App& app, CommandLine& command) {
  add_status_verb(app, command.verb);
  add_module_verbs(app, command.verb);
  add_event_verbs(app, command.verb);
  add_find_verb(app, command.verb);
  add_integrity_verbs(app, command.verb, command.file_verb);
  add_archive_verbs(app, command.verb, command.file_verb);
  add_command_verbs(app, command.verb);
  add_claim_verbs(app, command.verb);
  add_snapshot_verbs(app, command.verb);
  add_export_verbs(app, command.verb, command.file_verb);
  add_backup_verbs(app, command.verb, command.file_verb);
  add_projection_verbs(app, command.verb);
  add_tables_verbs(app, command.verb);
  add_parked_verbs(app, command.verb);
  add_reactor_verbs(app, command.verb);
  add_bootstrap_verbs(app, command.verb);
  add_erase_verbs(app, command.verb);
  add_call_verb(app, command.verb);
  add_setup_verbs(app, command.verb);
  add_login_verbs(app, command.verb);
  app.add_subcommand("version", "The version of this program; needs no container")
      ->callback([&command] { command.version = true; });
}

// A flag wins over the environment, whichever of the two it names.
void settle_target(const GlobalArguments& global, Target& target) {
  target.server = global.server;
  target.data = global.data;
  if (target.server.empty() && target.data.empty()) {
    target.server = environment("MT_SERVER");
    target.data = environment("MT_DATA");
  }
  if (target.data.empty()) target.data = "./data";
}

bool is_host_and_port(const std::string& server) {
  const std::size_t colon = server.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  unsigned port = 0;
  const char* end = server.data() + server.size();
  const auto [stop, failure] = std::from_chars(server.data() + colon + 1, end, port);
  return failure == std::errc() && stop == end && port > 0 && port <= 65535;
}

// Named by the flag that was given: --ca and --cert wish for TLS too.
void check_target(const Target& target, const CommandLine& command) {
  const std::string flag = !command.ca_file.empty()    ? "--ca"
                           : !command.key_file.empty() ? "--cert"
                                                       : "--tls";
  if (target.is_local() && target.tls)
    throw CLI::ValidationError(
        flag, "the socket in the data folder " + printable(target.data) +
                  " speaks no TLS and needs none; leave it out, or name a server with --server "
                  "HOST:PORT");
  if (!target.is_local() && !is_host_and_port(target.server))
    throw CLI::ValidationError("--server", "'" + printable(target.server) + "' is no HOST:PORT");
}

Format format_of(const std::string& name) {
  if (name == "json") return Format::kJson;
  return name == "ndjson" ? Format::kNdjson : Format::kTable;
}

std::string token_of(const GlobalArguments& global) {
  if (!global.token.empty()) return global.token;
  if (global.token_file.empty()) return environment("MT_TOKEN");
  std::ifstream file(global.token_file);
  std::string token;
  if (!(file >> token))
    throw CLI::ValidationError("--token-file", global.token_file + " holds no token");
  return token;
}

bool has_verb(const CLI::App& app, const std::string& group, const std::string& verb) {
  return app.got_subcommand(group) && app.get_subcommand(group)->got_subcommand(verb);
}

// "mtctl projection needs one of list, rebuild, verify", when the words end where a verb is
// missing; else empty.
std::string missing_verb(const CLI::App& app) {
  const CLI::App* last = &app;
  std::string words = "mtctl";
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().front();
    words += " " + last->get_name();
  }
  std::string names;
  for (const CLI::App* each : last->get_subcommands([](const CLI::App*) { return true; }))
    names += (names.empty() ? "" : ", ") + each->get_name();
  return names.empty() ? "" : words + " needs one of " + names + "\n";
}

Ending ending_of(const CLI::App& app, const CLI::ParseError& end) {
  if (dynamic_cast<const CLI::RequiredError*>(&end) != nullptr) {
    if (const std::vector<std::string> unknown = app.remaining(true); !unknown.empty())
      return {kUsage, "",
              "mtctl: there is no '" + printable(unknown.front()) + "'; see mtctl --help\n"};
    if (const std::string missing = missing_verb(app); !missing.empty())
      return {kUsage, "", "mtctl: " + missing};
  }
  std::ostringstream out;
  std::ostringstream err;
  const int code = app.exit(end, out, err);
  return {code == 0 ? 0 : kUsage, out.str(), code == 0 ? "" : "mtctl: " + err.str()};
}

}  // namespace

Parsed parse_command_line(const std::vector<std::string>& arguments) {
  Parsed parsed;
  CommandLine command;
  GlobalArguments global;
  CLI::App app("Operates a container.", "mtctl");
  app.require_subcommand(1);
  app.fallthrough();
  add_globals(app, global, command);
  add_verbs(app, command);
  app.footer(kFooter);
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
    settle_target(global, command.target);
    command.format = format_of(global.format);
    if (!command.ca_file.empty() || !command.key_file.empty()) command.target.tls = true;
    check_target(command.target, command);
    command.signs_in =
        app.got_subcommand("login") || app.got_subcommand("logout") || app.got_subcommand("setup");
    command.reads_copies = app.got_subcommand("restore") || has_verb(app, "backup", "verify") ||
                           has_verb(app, "events", "import");
    command.token = token_of(global);
  } catch (const CLI::ParseError& end) {
    if (command.version && dynamic_cast<const CLI::RequiredError*>(&end) != nullptr) {
      parsed.command = std::move(command);
      return parsed;
    }
    parsed.ending = ending_of(app, end);
    return parsed;
  }
  parsed.command = std::move(command);
  return parsed;
}

}  // namespace mt::mtctl
