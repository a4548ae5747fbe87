#include "modules/sys_core/server/bootstrap_set.h"

#include <utility>

namespace mt::sys_core {

Result<Decision<BootstrapSet::Event>> BootstrapSet::decide(const State& state,
                                                           const Command& command,
                                                           const DecideContext&) {
  if (!command.has_record_applied()) return invalid_argument("the command is empty");
  const v1::RecordSetApplied& record = command.record_applied();
  if (state.fingerprint == record.fingerprint()) {
    return nothing_to_do<Event>(v1::RecordSetAppliedResponse());
  }
  Event event;
  v1::SetApplied& applied = *event.mutable_applied();
  applied.set_module(record.module());
  applied.set_set(record.set());
  applied.set_fingerprint(record.fingerprint());
  applied.set_commands(record.commands());
  return accept(std::move(event), v1::RecordSetAppliedResponse());
}

void BootstrapSet::evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kApplied:
      state.fingerprint = event.applied().fingerprint();
      break;
    case Event::EVENT_NOT_SET:
      break;
  }
}

}  // namespace mt::sys_core
