#include "ops/runtime/settings.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>
#include <utility>

#include "ops/runtime/config_keys.h"

namespace mt {
namespace {

using std::chrono::milliseconds;

template <typename Duration>
std::uint32_t count_of(Duration duration) {
  return static_cast<std::uint32_t>(duration.count());
}

void set_defaults(ops::v1::Grpc& grpc) {
  const GrpcSettings defaults;
  grpc.add_listen("127.0.0.1:7440");
  grpc.set_socket(true);
  grpc.set_reflection(defaults.reflection);
  grpc.set_max_message_bytes(defaults.max_message_bytes);
  grpc.set_max_metadata_bytes(defaults.max_metadata_bytes);
  grpc.set_max_streams(defaults.max_streams);
  grpc.set_max_open_calls(defaults.max_open_calls);
  grpc.set_max_side_streams(defaults.max_side_streams);
  grpc.set_memory_mib(static_cast<std::uint32_t>(defaults.memory_bytes >> 20));
  grpc.set_drain_seconds(5);
  grpc.mutable_tls();
}

void set_defaults(ops::v1::Calls& calls) {
  const DispatcherLimits defaults;
  calls.set_in_flight(defaults.in_flight);
  calls.set_watches(defaults.watches);
  calls.set_workers(defaults.workers);
  calls.set_worker_queue(defaults.worker_queue);
  calls.set_public_workers(defaults.public_workers);
  calls.set_public_queue(defaults.public_queue);
  calls.set_default_deadline_ms(count_of(defaults.default_deadline));
  calls.set_longest_deadline_ms(count_of(defaults.longest_deadline));
}

void set_defaults(ops::v1::Entities& entities) {
  const HostLimits defaults;
  entities.set_in_memory(static_cast<std::uint32_t>(defaults.in_memory));
  entities.set_idle_seconds(count_of(defaults.idle));
  entities.set_attempts(defaults.attempts);
  entities.set_snapshot_every(defaults.snapshot_every);
  entities.set_snapshot_after_seconds(count_of(defaults.snapshot_after));
}

void set_defaults(ops::v1::Supervision& supervision) {
  const SupervisionLimits defaults;
  supervision.set_failures(defaults.failures);
  supervision.set_window_ms(count_of(defaults.window));
  supervision.set_first_back_off_ms(count_of(defaults.first_back_off));
  supervision.set_longest_back_off_ms(count_of(defaults.longest_back_off));
  supervision.set_restarts(defaults.restarts);
}

Result<std::string> read_pem(const char* key, const std::string& file) {
  if (file.empty()) return std::string();
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in)
    return invalid_argument("grpc.tls." + std::string(key) + ": cannot read " + file +
                            "; it must be a PEM file that this user may read");
  if (text.str().find("-----BEGIN ") == std::string::npos)
    return invalid_argument("grpc.tls." + std::string(key) + ": " + file + " is no PEM file");
  return text.str();
}

Result<std::unique_ptr<GrpcTls>> read_tls(const ops::v1::Tls& paths) {
  if (paths.certificate().empty()) return std::unique_ptr<GrpcTls>();
  auto tls = std::make_unique<GrpcTls>();
  MT_TRY(tls->certificate, read_pem("certificate", paths.certificate()));
  MT_TRY(tls->key, read_pem("key", paths.key()));
  MT_TRY(tls->client_ca, read_pem("client_ca", paths.client_ca()));
  return tls;
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address.starts_with("localhost:") ||
         address.starts_with("[::1]:");
}

std::string names_of(const std::vector<Module>& modules) {
  std::string names;
  for (const Module& module : modules) names += (names.empty() ? "" : ", ") + module.name().value;
  return names;
}

}  // namespace

ops::v1::Config default_config() {
  ops::v1::Config config;
  config.set_data("./data");
  config.set_name("node");
  set_defaults(*config.mutable_grpc());
  config.mutable_log()->set_level("info");
  config.mutable_log()->set_format("text");
  set_defaults(*config.mutable_calls());
  set_defaults(*config.mutable_entities());
  set_defaults(*config.mutable_supervision());
  config.mutable_storage()->set_events_map_gib(1024);
  config.mutable_storage()->set_tables_map_gib(1024);
  config.mutable_projections()->set_rebuild_memory_mib(256);
  config.mutable_keys();
  return config;
}

Result<void> check_together(const ops::v1::Config& config) {
  const ops::v1::Grpc& grpc = config.grpc();
  const ops::v1::Tls& tls = grpc.tls();
  if (grpc.listen().empty() && !grpc.socket())
    return invalid_argument(
        "grpc.listen: names no address, and grpc.socket is false: nobody could call this node; "
        "give one of them");
  if (tls.certificate().empty() != tls.key().empty())
    return invalid_argument(
        "grpc.tls: certificate and key belong together; give both of them or neither");
  if (!tls.client_ca().empty() && tls.certificate().empty())
    return invalid_argument("grpc.tls.client_ca: needs grpc.tls.certificate and grpc.tls.key");
  if (config.calls().default_deadline_ms() > config.calls().longest_deadline_ms())
    return invalid_argument(
        "calls.default_deadline_ms: must not be over calls.longest_deadline_ms");
  std::error_code ignored;
  if (!config.bootstrap_folder().empty() &&
      !std::filesystem::is_directory(config.bootstrap_folder(), ignored))
    return invalid_argument("bootstrap_folder: " + config.bootstrap_folder() + " is no folder");
  if (config.supervision().first_back_off_ms() > config.supervision().longest_back_off_ms())
    return invalid_argument(
        "supervision.first_back_off_ms: must not be over supervision.longest_back_off_ms");
  return {};
}

Result<std::vector<Module>> choose_modules(const ops::v1::Config& config,
                                           std::vector<Module> modules) {
  if (config.modules().empty()) return modules;
  for (const std::string& name : config.modules()) {
    if (std::ranges::none_of(modules, [&](const Module& m) { return m.name().value == name; }))
      return invalid_argument("modules: this container has no module '" + name + "'; it has " +
                              names_of(modules));
  }
  std::erase_if(modules, [&](const Module& module) {
    return std::ranges::count(config.modules(), module.name().value) == 0;
  });
  return modules;
}

NodeSettings node_settings(const ops::v1::Config& config) {
  NodeSettings settings;
  settings.name = config.name();
  settings.actor_threads = config.entities().threads();
  settings.dispatcher.in_flight = config.calls().in_flight();
  settings.dispatcher.watches = config.calls().watches();
  settings.dispatcher.workers = config.calls().workers();
  settings.dispatcher.worker_queue = config.calls().worker_queue();
  settings.dispatcher.public_workers = config.calls().public_workers();
  settings.dispatcher.public_queue = config.calls().public_queue();
  settings.dispatcher.default_deadline = milliseconds(config.calls().default_deadline_ms());
  settings.dispatcher.longest_deadline = milliseconds(config.calls().longest_deadline_ms());
  settings.hosts.in_memory = config.entities().in_memory();
  settings.hosts.idle = std::chrono::seconds(config.entities().idle_seconds());
  settings.hosts.attempts = config.entities().attempts();
  settings.hosts.snapshot_every = config.entities().snapshot_every();
  settings.hosts.snapshot_after = std::chrono::seconds(config.entities().snapshot_after_seconds());
  settings.supervision.failures = config.supervision().failures();
  settings.supervision.window = milliseconds(config.supervision().window_ms());
  settings.supervision.first_back_off = milliseconds(config.supervision().first_back_off_ms());
  settings.supervision.longest_back_off = milliseconds(config.supervision().longest_back_off_ms());
  settings.supervision.restarts = config.supervision().restarts();
  settings.tables.rebuild_memory = std::size_t{config.projections().rebuild_memory_mib()} << 20;
  return settings;
}

Result<GrpcSettings> grpc_settings(const ops::v1::Config& config, const std::string& socket) {
  const ops::v1::Grpc& grpc = config.grpc();
  GrpcSettings settings;
  settings.listen.assign(grpc.listen().begin(), grpc.listen().end());
  if (grpc.socket()) settings.unix_socket = socket;
  MT_TRY(settings.tls, read_tls(grpc.tls()));
  settings.max_message_bytes = grpc.max_message_bytes();
  settings.max_metadata_bytes = grpc.max_metadata_bytes();
  settings.max_streams = grpc.max_streams();
  settings.max_open_calls = grpc.max_open_calls();
  settings.max_side_streams = grpc.max_side_streams();
  settings.memory_bytes = std::uint64_t{grpc.memory_mib()} << 20;
  settings.reflection = grpc.reflection();
  return settings;
}

std::vector<std::string> exposed_addresses(const ops::v1::Config& config) {
  std::vector<std::string> exposed;
  if (!config.grpc().tls().certificate().empty()) return exposed;
  for (const std::string& address : config.grpc().listen())
    if (!is_loopback(address)) exposed.push_back(address);
  return exposed;
}

}  // namespace mt
