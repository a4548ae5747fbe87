#include "ops/runtime/config_flags.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <list>
#include <map>
#include <string_view>
#include <utility>

#include "ops/runtime/config_help.h"

namespace mt {
namespace {

// Shorter names.
const std::map<std::string, std::string> kAliases{{"grpc.listen", "--grpc"}};

struct Flag {
  const ConfigKey* key = nullptr;
  CLI::Option* option = nullptr;
  std::string text;
  std::vector<std::string> texts;
};

std::string names_of(const ConfigKey& key) {
  const auto alias = kAliases.find(key.path);
  return "--" + key.path + (alias == kAliases.end() ? "" : "," + alias->second);
}

void add_flag(CLI::App& app, Flag& flag) {
  const ConfigKey& key = *flag.key;
  if (key.is_list()) {
    flag.option =
        app.add_option(names_of(key), flag.texts)->allow_extra_args(false)->delimiter(',');
  } else if (key.value().cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_BOOL) {
    flag.option = app.add_flag(names_of(key), flag.text)
                      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  } else {
    flag.option = app.add_option(names_of(key), flag.text)
                      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
}

// As CLI11 takes them: from the back, and `--key=` in two, since it would miss the empty value.
std::vector<std::string> for_parser(const std::vector<std::string>& arguments) {
  std::vector<std::string> prepared;
  for (const std::string& argument : arguments) {
    const bool sets_nothing =
        argument.starts_with("--") && argument.find('=') == argument.size() - 1;
    prepared.push_back(sets_nothing ? argument.substr(0, argument.size() - 1) : argument);
    if (sets_nothing) prepared.emplace_back();
  }
  std::ranges::reverse(prepared);
  return prepared;
}

Error unknown(const std::string& argument, const ConfigKeys& keys) {
  if (!argument.starts_with("--"))
    return invalid_argument("unexpected argument '" + argument + "'; --help shows what there is");
  std::vector<std::string> known{"--config", "--help", "--print-config", "--version"};
  for (const auto& [path, alias] : kAliases) known.push_back(alias);
  for (const ConfigKey& key : keys.all()) known.push_back("--" + key.path);
  const std::string name = argument.substr(0, argument.find('='));
  const std::string near = nearest(name, known);
  if (!near.empty()) return invalid_argument("unknown flag " + name + "; did you mean " + near);
  const std::string hint = keys.hint(std::string_view(name).substr(2));
  return invalid_argument("unknown flag " + name +
                          (hint.empty() ? "; --help shows those there are" : hint));
}

std::string without_end(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

ConfigAssignment assignment_of(const Flag& flag) {
  ConfigAssignment assignment{flag.key, {flag.text}, "--" + flag.key->path};
  if (flag.key->is_list()) {
    assignment.texts = flag.texts;
    std::erase(assignment.texts, "");
  }
  return assignment;
}

}  // namespace

Result<CommandLine> read_command_line(const std::string& program,
                                      const std::vector<std::string>& arguments,
                                      const ConfigKeys& keys) {
  CommandLine line;
  CLI::App app("Runs a node of " + program + " until it is told to stop.", program);
  app.allow_extras();
  bool version = false;
  bool print_config = false;
  app.add_option("--config", line.config_file, "File with the configuration, YAML")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->type_name("FILE")
      ->envname("MT_CONFIG");
  app.add_flag("--version", version, "Show the version");
  app.add_flag("--print-config", print_config, "Show every key with its value, as YAML");
  std::list<Flag> flags;
  for (const ConfigKey& key : keys.all()) add_flag(app, flags.emplace_back(Flag{&key, {}, {}, {}}));
  try {
    app.parse(for_parser(arguments));
  } catch (const CLI::CallForHelp&) {
    line.wish = CommandLine::Wish::kHelp;
    // Without a group they are left out of this page; config_help tells of them.
    for (const Flag& flag : flags) flag.option->group("");
    line.help = without_end(app.help()) + "\n\n" + program +
                " check-upgrade tells whether it can take over the logs of a data\n"
                "folder; see its own --help.\n\n" +
                config_help(keys, kAliases);
    return line;
  } catch (const CLI::Error& refusal) {
    return invalid_argument(refusal.what());
  }
  if (const auto extras = app.remaining(); !extras.empty()) return unknown(extras.front(), keys);
  for (const Flag& flag : flags)
    if (flag.option->count() > 0) line.assignments.push_back(assignment_of(flag));
  if (print_config) line.wish = CommandLine::Wish::kPrintConfig;
  if (version) line.wish = CommandLine::Wish::kVersion;
  return line;
}

}  // namespace mt
