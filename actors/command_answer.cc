#include "actors/command_answer.h"

#include <string>
#include <utility>

namespace mt {
namespace {

// The commit of a command is kept also when the tables stopped before they held it.
Error tables_stopped_before(const Result<Reply>& reply, const LiveTables& tables,
                            const ModuleName& module) {
  Error error = tables_stopped(tables, module);
  if (reply && reply->position.value > 0) {
    error.message +=
        "; what the command did is kept, at position " + std::to_string(reply->position.value);
  }
  return error;
}

}  // namespace

Error tables_stopped(const LiveTables& tables, const ModuleName& module) {
  const std::string why = tables.failure(module);
  return unavailable("the tables of " + module.value + " have stopped" +
                     (why.empty() ? "" : ": " + why));
}

void answer_when_applied(LiveTables& tables, PendingPtr command, Result<Reply> reply,
                         Position rests_on) {
  const ModuleName& module = (*command)->module;
  tables.when_applied(module, rests_on,
                      [&tables, command, reply = std::move(reply)](bool reached) mutable {
                        if (reached) return command->answer(std::move(reply));
                        command->answer(tables_stopped_before(reply, tables, (*command)->module));
                      });
}

Reply first_reply(const ModuleName& module, std::shared_ptr<const Message> message,
                  Position position) {
  Reply reply;
  reply.message = std::move(message);
  reply.module = module;
  reply.position = position;
  return reply;
}

Reply stored_reply(const ModuleName& module, Appended first) {
  Reply reply;
  reply.bytes = std::move(first.reply);
  reply.module = module;
  reply.position = first.last;
  reply.repeated = true;
  return reply;
}

}  // namespace mt
