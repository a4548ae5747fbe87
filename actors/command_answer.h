// How a command is answered: when, and with what.
#pragma once

#include "actors/pending_command.h"
#include "events/writer.h"
#include "projections/live_tables.h"

namespace mt {

// UNAVAILABLE: the tables follow the module's log no more, and why.
Error tables_stopped(const LiveTables& tables, const ModuleName& module);

// Read your writes: an answer, a refusal too, does not go out before the module's tables hold the
// commits up to `rests_on`. Should they stop before, the answer says so, and what is kept.
void answer_when_applied(LiveTables& tables, PendingPtr command, Result<Reply> reply,
                         Position rests_on);

// The first answer of a command, at the position of its last event; 0: it wrote none.
Reply first_reply(const ModuleName& module, std::shared_ptr<const Message> message,
                  Position position);
// The answer of a command that was known already.
Reply stored_reply(const ModuleName& module, Appended first);

}  // namespace mt
