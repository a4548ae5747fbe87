// CommandLine: what was asked for, parsed from arguments and environment.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ops/mtctl/output.h"
#include "ops/mtctl/session.h"
#include "ops/mtctl/target.h"

namespace mt::mtctl {

struct CommandLine {
  Verb verb;             // empty: `text` is all there is to print
  FileVerb file_verb;    // takes the place of `verb` when the target is a data folder
  bool version = false;  // --version, or the verb: needs no node
  Format format = Format::kTable;
  Target target;
  std::string token;  // given with --token, --token-file or MT_TOKEN
  std::string ca_file;
  std::string certificate_file;  // the caller's own, and its key
  std::string key_file;
  bool signs_in = false;  // the verb itself does, or out: it needs no saved token, and no advice to
  bool reads_copies = false;  // of logs: advice about a container's own would be of no use
  std::optional<double> deadline_seconds;
};

// What to print and leave when no verb is to be run: a help page, or a wrong command line.
struct Ending {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// Exactly one of the two.
struct Parsed {
  std::optional<CommandLine> command;
  Ending ending;
};

Parsed parse_command_line(const std::vector<std::string>& arguments);

}  // namespace mt::mtctl
