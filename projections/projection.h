// A projection folds its module's events into one table. It is pure but for the rows it changes: no
// clock, no randomness, no other table, no state of its own (two folds may run at once); the same
// events give the same rows, byte for byte.
#pragma once

#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <vector>

#include "events/base/result.h"
#include "events/event_codec.h"
#include "events/kv.h"
#include "events/record.h"
#include "projections/table.h"

namespace mt {

// Where and when an event happened, and by whom.
struct EventMeta {
  Position position;
  Version version;         // in its stream
  const StreamId& stream;  // stream.id is the entity's id
  Time time;
  const Origin& origin;
  const CommandId& command;
  bool erased = false;  // its personal fields are empty, since their subject was erased
};

class Projection {
 public:
  virtual ~Projection() = default;

  // The table's name, <module>_<table>, is the projection's name. Raising the version builds the
  // table anew beside the old one.
  virtual TableBase& table() = 0;
  virtual std::uint32_t version() const { return 1; }

  // The event oneofs that it folds: what a start makes sure of is that all their older schemas can
  // be read.
  virtual std::vector<const google::protobuf::Descriptor*> events() const { return {}; }

  // Applies an event that has been upcast already; events it does not know are none of its
  // business. An error stops this projection at this event, and only it.
  virtual Result<void> apply(const StoredEvent& event, const EventMeta& meta, KvWriter& kv) = 0;
};

// ProjectionOf<NoticeEvent>: decodes the module's event oneof. An author writes `apply` and
// `table`.
template <typename Event>
class Applies {
 public:
  virtual ~Applies() = default;
  virtual void apply(const Event& event, const EventMeta& meta, KvWriter& kv) = 0;
};

template <typename... Events>
class ProjectionOf : public Projection, public Applies<Events>... {
 public:
  using Applies<Events>::apply...;

  Result<void> apply(const StoredEvent& event, const EventMeta& meta, KvWriter& kv) final {
    Result<void> outcome;
    (void)(try_apply<Events>(event, meta, kv, outcome) || ...);
    return outcome;
  }

  std::vector<const google::protobuf::Descriptor*> events() const final {
    return {Events::descriptor()...};
  }

 private:
  template <typename Event>
  bool try_apply(const StoredEvent& stored, const EventMeta& meta, KvWriter& kv,
                 Result<void>& outcome) {
    Event event;
    const Result<bool> decoded = decode_if_belongs(stored, event);
    if (!decoded) outcome = decoded.error();
    if (decoded && *decoded) static_cast<Applies<Event>*>(this)->apply(event, meta, kv);
    return !decoded || *decoded;
  }
};

}  // namespace mt
