#include "modules/sys_core/server/commands.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "modules/sys_core/messages/times.h"
#include "modules/sys_core/server/module_named.h"
#include "sys/core/v1/commands.pb.h"

namespace mt::sys_core {
namespace {

namespace v1 = ::sys::core::v1;

// What the derived state says of a command, and how far it knows the log.
struct Known {
  std::optional<Position> at;
  Position applied;
  std::chrono::nanoseconds remembered;
};

Result<Known> look_up(const Derived& derived, const ModuleName& module, const CommandId& id) {
  const std::unique_ptr<DerivedView> view = derived.view();
  Known known{view->command(module, id), view->applied(module), view->remembered(module)};
  MT_CHECK_OK(view->status());
  return known;
}

// In the end of the log that the tables have not seen: a command is there to be shown as soon as it
// is a fact, also while it waits for its answer. The last one with the id, since an id that was
// forgotten can come again.
Result<std::optional<CommitRecord>> find_beyond(const EventLog& log, const ModuleName& module,
                                                Position applied, const CommandId& id) {
  std::optional<CommitRecord> found;
  MT_CHECK_OK(log.scan(module, applied + 1, [&](const CommitRecord& record) {
    const CommandRef& command = record.commit.command;
    if (command.keyed && command.id == id) found = record;
    return Scan::kGoOn;
  }));
  return found;
}

Result<std::optional<CommitRecord>> find(const EventLog& log, const ModuleName& module,
                                         const Known& known, const CommandId& id) {
  MT_TRY(std::optional<CommitRecord> newest, find_beyond(log, module, known.applied, id));
  if (newest || !known.at) return newest;
  MT_TRY(CommitRecord record, log.at(module, *known.at));
  if (record.commit.command.id == id) return std::optional(std::move(record));
  return derived_damage(module, "it names another record for a command than the command's own");
}

v1::GetCommandResponse to_proto(const CommitRecord& record, const Known& known) {
  const Commit& commit = record.commit;
  const CommandRef& command = commit.command;
  v1::GetCommandResponse response;
  response.set_command_id(command.id.value);
  *response.mutable_time() = timestamp_of(record.time);
  if (is_forgotten(command.id, record.time, record.time + known.remembered, known.remembered)) {
    *response.mutable_remembered_until() = timestamp_of(record.time + known.remembered);
  }
  response.set_actor(commit.origin.actor);
  response.set_stream(to_string(commit.stream));
  response.set_first_position(record.first.value);
  response.set_last_position(record.last().value);
  response.set_version(record.last_version().value);
  response.set_request_digest(to_hex(std::string_view(
      reinterpret_cast<const char*>(command.digest.data()), command.digest.size())));
  response.set_reply_type(command.reply_type);
  response.set_reply_bytes(command.reply.size());
  return response;
}

Result<v1::GetCommandResponse> command_named(const Deps& deps,
                                             const v1::GetCommandRequest& request) {
  MT_TRY(const ModuleInfo module, module_named(deps.node, request.module()));
  const CommandId id{request.command_id()};
  MT_TRY(const Known known, look_up(deps.node.derived(), module.name, id));
  MT_TRY(std::optional<CommitRecord> record, find(deps.node.log(), module.name, known, id));
  if (record) {
    CommandRef& command = record->commit.command;
    MT_CHECK_OK(deps.node.personal().open_reply(module.name, record->commit.stream, id,
                                                command.reply_type, command.reply));
  }
  if (record && !is_forgotten(id, record->time, deps.clock.now(), known.remembered)) {
    return to_proto(*record, known);
  }
  return not_found(module.name.value + " remembers no command '" + id.value +
                   "': it changed nothing, was too long ago, or never came");
}

}  // namespace

Result<void> bind_commands(Api& api, const Deps& deps) {
  return api.query("GetCommand", [&deps](const v1::GetCommandRequest& request, const Query&) {
    return command_named(deps, request);
  });
}

}  // namespace mt::sys_core
