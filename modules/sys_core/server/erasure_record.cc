#include "modules/sys_core/server/erasure_record.h"

#include <utility>

namespace mt::sys_core {

Result<Decision<ErasureRecord::Event>> ErasureRecord::decide(const State& state,
                                                             const Command& command,
                                                             const DecideContext&) {
  if (!command.has_record()) return invalid_argument("the command is empty");
  const v1::ErasureReceipt& receipt = command.record().receipt();
  if (state.hash == receipt.hash()) return nothing_to_do<Event>(v1::RecordErasureResponse());
  Event event;
  *event.mutable_erased()->mutable_receipt() = receipt;
  return accept(std::move(event), v1::RecordErasureResponse());
}

void ErasureRecord::evolve(State& state, const Event& event) {
  switch (event.event_case()) {
    case Event::kErased:
      state.hash = event.erased().receipt().hash();
      break;
    case Event::EVENT_NOT_SET:
      break;
  }
}

}  // namespace mt::sys_core
