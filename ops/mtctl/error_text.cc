#include "ops/mtctl/error_text.h"

#include <string_view>

#include "ops/terminal/display_width.h"

namespace mt::mtctl {
namespace {

// "NOT_FOUND" as people write it.
std::string in_words(Code code) {
  std::string words(to_string(code));
  for (char& c : words) c = c == '_' ? ' ' : static_cast<char>(c - 'A' + 'a');
  return words;
}

// What there is to do when a server could not be reached; gRPC's words tell some causes apart.
std::string reach_advice(const std::string& message, const Target& target) {
  const auto says = [&](const char* words) { return message.find(words) != std::string::npos; };
  if (target.tls && says("wrong version number"))
    return target.server + " speaks no TLS: leave out --tls, --ca and --cert";
  if (target.tls && says("certificate verify failed"))
    return "the server's certificate is not signed by who is in --ca (without it: by one that this "
           "system trusts); give the file of who signed it";
  if (target.tls && says("Hostname Verification Check failed"))
    return "the server's certificate is for another name; use in --server the one that it names";
  return "is a container listening on " + target.server + "? " +
         (target.tls ? "With TLS, does --ca hold who signed its certificate?"
                     : "If it speaks TLS, add --tls");
}

// Empty when the message says all there is to do.
std::string advice(const Error& error, const Target& target) {
  const std::string me = target.is_local() ? "mtctl" : "mtctl --server " + target.server;
  switch (error.code) {
    case Code::kUnauthenticated:
      if (target.is_local()) return "leave the token out: on the local socket you are the operator";
      return "sign in with: " + me + " login EMAIL (tokens last for minutes)";
    case Code::kPermissionDenied:
      if (target.is_local()) return "";
      return "sign in as somebody who may, or ask on the server's own machine with --data DIR";
    case Code::kUnavailable:
      return target.is_local() ? "" : reach_advice(error.message, target);
    case Code::kDeadlineExceeded:
      return "give it more time with --deadline SECONDS; a command may still have taken effect, "
             "and is safe to repeat with the same --idempotency-key";
    case Code::kDataLoss:
      // A sealed file; the message says what to do with it.
      if (error.message.find(".mtlogs") != std::string::npos) return "";
      return "stop the container, restore events/ from a backup, and look at docs/OPERATIONS.md";
    default:
      return "";
  }
}

// Further lines of a message are indented.
std::string in_lines(std::string_view message) {
  std::string text;
  while (true) {
    const std::size_t end = message.find('\n');
    text += (text.empty() ? "" : "  ") + printable(message.substr(0, end)) + "\n";
    if (end == std::string_view::npos) return text;
    message.remove_prefix(end + 1);
  }
}

}  // namespace

std::string error_text(const Error& error, const Target* target) {
  // To say that what follows is unknown would only confuse.
  std::string text = "mtctl: ";
  if (error.code != Code::kUnknown) text += in_words(error.code) + ": ";
  if (error.violations.size() > 1) {
    text += std::to_string(error.violations.size()) + " fields break their rules\n";
    for (const FieldViolation& violation : error.violations)
      text += "  " + printable(violation.field) + ": " + printable(violation.description) + "\n";
  } else {
    text += in_lines(error.message);
  }
  const std::string todo = target == nullptr ? "" : advice(error, *target);
  return todo.empty() ? text : text + "  " + todo + "\n";
}

}  // namespace mt::mtctl
