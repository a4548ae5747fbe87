#include "ops/mtctl/mtctl.h"

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>

#include "ops/mtctl/command_line.h"
#include "ops/mtctl/core_text.h"
#include "ops/mtctl/error_text.h"
#include "ops/mtctl/exit_code.h"
#include "ops/mtctl/json_text.h"
#include "ops/mtctl/saved_tokens.h"

namespace mt::mtctl {
namespace {

int print_version(Format format, const std::string& version, std::ostream& out) {
  if (format == Format::kTable)
    out << "mtctl " << version << "\n";
  else
    out << "{\"version\":" << quoted(version) << "}\n";
  return 0;
}

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file.good() && text.empty()) return invalid_argument("cannot read the file " + path);
  return text;
}

// Empty when no file was named.
Result<std::string> read_pem(const std::string& path) {
  if (path.empty()) return std::string();
  MT_TRY(std::string text, read_file(path));
  if (text.find("-----BEGIN ") == std::string::npos)
    return invalid_argument(path + " is no PEM file");
  return text;
}

std::string login_of(const Target& target) {
  return "mtctl --server " + target.server + " login EMAIL";
}

// A saved token goes to its own server only. On the local socket none is sent unless it was given:
// with one, the caller would be that account and no longer the operator. One that has expired is
// not sent, because the server would refuse with it even what anyone may do.
std::string saved_token(const CommandLine& command, std::ostream& notes) {
  if (command.target.is_local() || command.signs_in) return "";
  const SavedToken saved = SavedTokens::of_user().find(command.target.server);
  if (saved.token.empty() || saved.expires == 0) return saved.token;
  // In seconds: a file may say any number, which nanoseconds would not hold.
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  if (saved.expires > now.time_since_epoch().count()) return saved.token;
  google::protobuf::Timestamp expiry;
  expiry.set_seconds(saved.expires);
  notes << "mtctl: the saved token for " << command.target.server << " expired at "
        << time_text(expiry) << " and is not sent; sign in again with: " << login_of(command.target)
        << "\n";
  return "";
}

Result<Client> connect(const CommandLine& command, std::ostream& notes) {
  MT_CHECK_OK(check_reachable(command.target));
  ClientOptions options;
  options.token = command.token.empty() ? saved_token(command, notes) : command.token;
  options.tls = command.target.tls;
  MT_TRY(options.ca, read_pem(command.ca_file));
  MT_TRY(options.certificate, read_pem(command.certificate_file));
  MT_TRY(options.key, read_pem(command.key_file));
  return Client::connect(command.target.address(), std::move(options));
}

Result<void> run_verb(const CommandLine& command, const Streams& streams) {
  Output output(command.format, streams.out, streams.err, streams.columns);
  if (command.file_verb && command.target.is_local()) {
    FileSession session{command.target, output};
    return command.file_verb(session);
  }
  MT_TRY(const Client client, connect(command, streams.err));
  CallOptions options;
  if (command.deadline_seconds)
    options.deadline =
        std::chrono::milliseconds(static_cast<std::int64_t>(*command.deadline_seconds * 1000));
  Session session{client, command.target, options, output, streams.in};
  return command.verb(session);
}

}  // namespace

int run(const std::vector<std::string>& arguments, const Streams& streams,
        const std::string& version) {
  const Parsed parsed = parse_command_line(arguments);
  if (!parsed.command) {
    streams.out << parsed.ending.out;
    streams.err << parsed.ending.err;
    return parsed.ending.exit_code;
  }
  const CommandLine& command = *parsed.command;
  if (command.version) return print_version(command.format, version, streams.out);
  Result<void> done = run_verb(command, streams);
  if (done && !streams.out.flush().good())
    done = internal("cannot write the output; is the disk full?");
  if (done) return 0;
  const bool advised = (!command.signs_in || done.error().code != Code::kUnauthenticated) &&
                       (!command.reads_copies || done.error().code != Code::kDataLoss);
  streams.err << error_text(done.error(), advised ? &command.target : nullptr);
  return exit_code(done.error().code);
}

}  // namespace mt::mtctl
