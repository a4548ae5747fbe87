#include "modules/sys_core/server/bootstrap_sets.h"

#include "modules/sys_core/messages/times.h"

namespace mt::sys_core {

void BootstrapSets::apply(const v1::BootstrapSetEvent& event, const EventMeta& meta, KvWriter& kv) {
  switch (event.event_case()) {
    case v1::BootstrapSetEvent::kApplied: {
      v1::BootstrapSetRow row;
      row.set_module(event.applied().module());
      row.set_set(event.applied().set());
      row.set_fingerprint(event.applied().fingerprint());
      row.set_commands(event.applied().commands());
      *row.mutable_applied() = timestamp_of(meta.time);
      row.set_applied_by(meta.origin.actor);
      rows_.put(kv, row);
      break;
    }
    case v1::BootstrapSetEvent::EVENT_NOT_SET:
      break;
  }
}

std::optional<v1::BootstrapSetRow> BootstrapSets::find(const KvReader& kv, std::string_view module,
                                                       std::string_view set) const {
  return rows_.get(kv, Key().text(module).text(set));
}

}  // namespace mt::sys_core
