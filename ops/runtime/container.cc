#include "ops/runtime/container.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <set>
#include <utility>

#include "actors/node.h"
#include "bus/edges/grpc_edge.h"
#include "events/base/log.h"
#include "events/key_file.h"
#include "events/lmdb/lmdb_kv.h"
#include "events/lmdb/lmdb_log.h"
#include "ops/runtime/bootstrap_folder.h"
#include "ops/runtime/config.h"
#include "ops/runtime/config_env.h"
#include "ops/runtime/config_yaml.h"
#include "ops/runtime/data_folder.h"
#include "ops/runtime/demo.h"
#include "ops/runtime/master_key_file.h"
#include "ops/runtime/ready_line.h"
#include "ops/runtime/secrets_folder.h"
#include "ops/runtime/settings.h"
#include "ops/runtime/setup_notice.h"
#include "ops/runtime/signals.h"
#include "ops/runtime/start_progress.h"
#include "ops/upgrade/check_upgrade.h"

namespace mt {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Program {
  std::string name;
  std::string version;
  std::filesystem::path path;  // as it was called
};

// For whoever started the program; logs go to stderr.
void say(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

LmdbOptions map_of(std::uint32_t gib) {
  LmdbOptions options;
  options.map_bytes = std::size_t{gib} << 30;
  return options;
}

LmdbOptions derived_map_of(std::uint32_t gib) {
  LmdbOptions options = map_of(gib);
  options.may_undo_last = true;  // the tables thread folds those events again
  return options;
}

// A subject takes some 150 bytes.
constexpr std::uint32_t kKeysMapGib = 64;

std::filesystem::path master_key_path(const ops::v1::Config& config, const DataFolder& folder) {
  if (!config.keys().master_file().empty()) return config.keys().master_file();
  return folder.secrets() / "master.key";
}

BootstrapFolder bootstrap_folder(const ops::v1::Config& config,
                                 const std::vector<Module>& modules) {
  std::set<ModuleName> names;
  for (const Module& module : modules) names.insert(module.name());
  const std::filesystem::path folder = config.bootstrap_folder().empty()
                                           ? BootstrapFolder::beside_program()
                                           : std::filesystem::path(config.bootstrap_folder());
  return {folder, std::move(names)};
}

NodeSettings settings_of(const ops::v1::Config& config, const Program& program) {
  NodeSettings settings = node_settings(config);
  settings.container = program.name;
  settings.version = program.version;
  return settings;
}

Result<void> start(Node& node, const StopSignals& signals) {
  StartProgress progress;
  return node.start([&](const FoldProgress& fold) {
    progress.show(fold);
    return !signals.requested();
  });
}

void warn_of_exposure(const ops::v1::Config& config, const Logger& log) {
  for (const std::string& address : exposed_addresses(config))
    log.warn(
        "listens beyond this machine in plain text: passwords and tokens can be read on the way; "
        "set grpc.tls or put a TLS proxy in front",
        {{"address", address}});
}

// Taken before the edge opens: a token that an operator issues is then the newer one, and stays.
std::string setup_of(Node& node, const Program& program, const ops::v1::Config& config,
                     const Logger& log) {
  const SetupPlace place{(program.path.parent_path() / "mtctl").string(), config.data()};
  const auto notice = setup_notice(node.dispatcher(), place);
  if (notice) return *notice;
  log.error("no set-up token could be issued", {{"reason", notice.error().message}});
  return {};
}

void load_demo(Node& node, const StopSignals& signals, const Logger& log) {
  const auto report = apply_demo_sets(node, signals);
  if (report) return say(demo_line(report->events, report->seconds));
  if (signals.requested()) return log.info("demo sets are not all in; the next start goes on");
  log.error("demo sets are not all in", {{"reason", report.error().message}});
}

// Everything that a node is made of, in the order in which it starts. It stops in the reverse one,
// on every way out of here.
Result<void> serve(const Program& program, const ops::v1::Config& config,
                   std::vector<Module> modules, const StopSignals& signals) {
  const auto begin = SteadyClock::now();
  const Logger log("container");
  MT_TRY(const DataFolder folder, DataFolder::open(config.data()));
  MT_TRY(GrpcSettings grpc, grpc_settings(config, folder.socket().string()));
  MT_TRY(const auto events,
         LmdbLog::open_environment(folder.events(), map_of(config.storage().events_map_gib())));
  MT_TRY(
      const auto tables,
      LmdbKv::open_environment(folder.tables(), derived_map_of(config.storage().tables_map_gib())));
  MT_TRY(const auto keys_kv, LmdbKv::open_environment(folder.keys(), map_of(kKeysMapGib)));
  MT_TRY(const auto key_file, KeyFile::open(folder.keys() / kKeyFile));
  MasterKeyFile master(master_key_path(config, folder));
  MT_TRY(const auto keys, SubjectKeys::open(*keys_kv, *key_file, master));
  SystemClock clock;
  SecretsFolder secrets(folder.secrets());
  const BootstrapFolder data_sets = bootstrap_folder(config, modules);
  Node node(settings_of(config, program), std::move(modules),
            {*events, *tables, clock, secrets, data_sets, *keys, tables.get()});
  MT_CHECK_OK(start(node, signals));
  const std::string setup = setup_of(node, program, config, log);
  GrpcEdge edge(node.dispatcher(), std::move(grpc));
  MT_CHECK_OK(edge.start());
  node.set_listening(edge.listening());

  warn_of_exposure(config, log);
  const std::chrono::duration<double> took = SteadyClock::now() - begin;
  say(ready_line(edge.listening(), program.version, took.count()));
  say(setup);
  if (config.demo()) load_demo(node, signals, log);
  signals.wait();

  log.info("stopping");
  edge.stop(std::chrono::seconds(config.grpc().drain_seconds()));
  node.stop();
  log.info("stopped");
  return {};
}

int fail(const Program& program, const Error& error, int exit_code) {
  std::fprintf(stderr, "%s: %s\n", program.name.c_str(), error.message.c_str());
  return exit_code;
}

int show(const std::string& text) {
  say(text);
  return 0;
}

// The modules that run, when all that was configured goes together.
Result<std::vector<Module>> prepare(const ops::v1::Config& config, std::vector<Module> modules) {
  MT_CHECK_OK(check_together(config));
  MT_CHECK_OK(check_by_modules(modules));
  MT_CHECK_OK(configure_logging({config.log().level(), config.log().format()}));
  return choose_modules(config, std::move(modules));
}

// Reads all that the user said; serves unless something else was asked for.
int run(const Program& program, std::vector<Module> modules,
        const std::vector<std::string>& arguments) {
  constexpr int kFailed = 1;
  constexpr int kUsage = 2;
  if (!arguments.empty() && arguments.front() == kCheckUpgrade) {
    return check_upgrade_command(program.name, modules, {arguments.begin() + 1, arguments.end()});
  }
  ops::v1::Config config = default_config();
  const auto sections = sections_of(config, modules);
  const auto keys = ConfigKeys::of(sections);
  if (!keys) return fail(program, keys.error(), kFailed);
  const auto line = read_command_line(program.name, arguments, *keys);
  if (!line) return fail(program, line.error(), kUsage);
  if (line->wish == CommandLine::Wish::kHelp) return show(line->help);
  if (line->wish == CommandLine::Wish::kVersion)
    return show(program.name + " " + program.version + "\n");
  const auto origins = apply_sources(*keys, sections, *line, process_environment());
  if (!origins) return fail(program, origins.error(), kUsage);
  if (line->wish == CommandLine::Wish::kPrintConfig) return show(config_as_yaml(*keys, *origins));
  auto chosen = prepare(config, std::move(modules));
  if (!chosen) return fail(program, chosen.error(), kUsage);

  const StopSignals signals;
  const auto served = serve(program, config, *std::move(chosen), signals);
  if (served || signals.requested()) return 0;
  return fail(program, served.error(),
              served.error().code == Code::kInvalidArgument ? kUsage : kFailed);
}

}  // namespace

int run_container(const std::string& name, const std::string& version, std::vector<Module> modules,
                  int argc, char** argv) {
  const Program program{name, version, argc > 0 ? argv[0] : ""};
  // gRPC writes lines of its own beside the reason that we give; who looks for more sets this.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  try {
    return run(program, std::move(modules), {argv + std::min(argc, 1), argv + argc});
  } catch (const std::exception& failure) {
    return fail(program, internal(std::string("cannot go on: ") + failure.what()), 1);
  }
}

}  // namespace mt
