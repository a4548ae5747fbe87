#include "modules/sys_core/server/status.h"

#include <unistd.h>

#include <chrono>
#include <string>

#include "modules/sys_core/messages/times.h"

namespace mt::sys_core {
namespace {

std::string lower_tail(std::string name, std::string_view prefix) {
  name.erase(0, prefix.size());
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

v1::ModuleStatus to_proto(const ModuleInfo& info) {
  v1::ModuleStatus status;
  status.set_name(info.name.value);
  status.set_state(std::string(to_string(info.state)));
  status.set_reason(info.reason);
  status.set_version(info.version);
  status.set_log_head(info.log_head.value);
  for (const TableState& table : info.tables) {
    *status.add_tables() = sys_core::to_proto(table, info.log_head);
  }
  return status;
}

v1::GetStatusResponse status_of(const Deps& deps) {
  const NodeInfo info = deps.node.node();
  v1::GetStatusResponse response;
  v1::NodeStatus& node = *response.mutable_node();
  node.set_name(info.name);
  node.set_container(info.container);
  node.set_version(info.version);
  node.set_process_id(static_cast<std::uint64_t>(getpid()));
  *node.mutable_started() = timestamp_of(info.started);
  node.set_uptime_seconds(std::chrono::duration<double>(deps.clock.now() - info.started).count());
  for (const std::string& address : info.listening) node.add_listening(address);
  node.set_entities_in_memory(static_cast<std::uint32_t>(info.entities_in_memory));
  node.set_calls_in_flight(deps.dispatcher.counts().in_flight);
  for (const ModuleInfo& module : deps.node.modules()) *response.add_modules() = to_proto(module);
  return response;
}

void add_methods(const Dispatcher& dispatcher, const ModuleName& module,
                 v1::GetModuleResponse& response) {
  for (const Method* method : dispatcher.methods()) {
    if (method->module != module) continue;
    v1::MethodStatus& status = *response.add_methods();
    status.set_name(method->name());
    status.set_kind(lower_tail(api::v1::Kind_Name(method->rule().kind()), "KIND_"));
    status.set_access(describe_access(method->rule().access()));
  }
}

Result<v1::GetModuleResponse> module_of(const Deps& deps, const std::string& name) {
  for (const ModuleInfo& module : deps.node.modules()) {
    if (module.name.value != name) continue;
    v1::GetModuleResponse response;
    *response.mutable_module() = to_proto(module);
    add_methods(deps.dispatcher, module.name, response);
    MT_TRY(const std::vector<DataSet> sets, deps.node.data_sets().list());
    for (const DataSet& set : sets) {
      if (set.module == module.name) response.add_bootstrap_sets(set.name);
    }
    return response;
  }
  return not_found("this node runs no module '" + name +
                   "'; GetStatus, or mtctl status, lists those it runs");
}

}  // namespace

v1::TableStatus to_proto(const TableState& state, Position log_head) {
  v1::TableStatus status;
  status.set_name(state.name);
  status.set_state(state.state);
  status.set_checkpoint(state.checkpoint.value);
  // The table may have been read a moment before the log's head was: never a negative lag.
  status.set_lag(log_head > state.checkpoint ? log_head.value - state.checkpoint.value : 0);
  status.set_version(state.version);
  status.set_failure(state.failure);
  status.set_rows(state.rows);
  status.set_parked(state.parked);
  status.set_bytes(state.bytes);
  status.set_newest_version(state.newest);
  return status;
}

std::string describe_access(const api::v1::Access& access) {
  switch (access.who_case()) {
    case api::v1::Access::kAnyone:
      return "anyone";
    case api::v1::Access::kSignedIn:
      return "signed in";
    case api::v1::Access::kRole: {
      std::string text = lower_tail(api::v1::Role_Name(access.role().at_least()), "ROLE_");
      if (!access.role().org_field().empty()) text += " in " + access.role().org_field();
      if (!access.role().project_field().empty()) text += ", " + access.role().project_field();
      return text;
    }
    case api::v1::Access::WHO_NOT_SET:
      break;
  }
  return "nobody";
}

Result<void> bind_status(Api& api, const Deps& deps) {
  MT_CHECK_OK(api.query("GetStatus",
                        [&deps](const v1::GetStatusRequest&, const Query&)
                            -> Result<v1::GetStatusResponse> { return status_of(deps); }));
  return api.query("GetModule", [&deps](const v1::GetModuleRequest& request, const Query&) {
    return module_of(deps, request.name());
  });
}

}  // namespace mt::sys_core
