// Loads an entity: its newest snapshot that this code can use and its stream holds, and the events
// after it.
#pragma once

#include <memory>
#include <optional>

#include "actors/entity.h"
#include "actors/set_aside.h"
#include "events/derived.h"
#include "events/event_log.h"
#include "events/upcasters.h"

namespace mt {

// Which entity, and how its events are read. References outlive the host.
struct EntityIdentity {
  ModuleName module;
  StreamId stream;
  const EntityType& type;
  const Upcasters* upcasters = nullptr;  // null: the module has none
};

struct LoadedEntity {
  std::unique_ptr<EntityState> state;
  Version version;                       // of the stream; 0: it has no events
  Version snapshot;                      // of the newest usable snapshot; 0: there is none
  std::optional<Time> unsaved_since;     // of the first event after it; none: there is no such
  std::optional<UnusedSnapshot> unused;  // what is stored in the place of a usable one
};

// Why a snapshot that is stored of a stream which ends at `last` is not the state of an entity of
// that type; none when it is.
std::optional<UnusedSnapshot> why_unused(const StoredSnapshot& stored, const EntityType& type,
                                         Version last);

// The entity as far as `view` knows it. DATA_LOSS naming the stream when one of its events cannot
// be read; what a failing look-up cannot tell is an error too, never taken for "no events".
Result<LoadedEntity> load_entity(const EntityIdentity& entity, const DerivedView& view,
                                 const EventLog& log);

}  // namespace mt
