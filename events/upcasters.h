// Upcasters turn an event of an older schema into the next one, on every read path. Pure functions,
// chained by type and schema version; the log itself never changes.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "events/base/result.h"
#include "events/record.h"

namespace mt {

// What events are told apart by when they are read.
struct EventKind {
  std::string type;
  std::uint32_t schema = 1;

  auto operator<=>(const EventKind&) const = default;
};

std::string to_string(const EventKind& kind);  // "NoticePosted of schema 2"

class Upcasters {
 public:
  // Takes an event of the step's kind, gives it in the kind that the step leads to.
  using Step = std::function<Result<StoredEvent>(StoredEvent)>;

  // A step to the next schema of the same type. Two steps for one kind are refused with
  // ALREADY_EXISTS, and the start of the program is too: see status().
  Result<void> add(std::string type, std::uint32_t schema, Step step);
  // A step that gives the event another name, or skips schemas that no log holds. `to` is of a
  // higher schema: INVALID_ARGUMENT otherwise.
  Result<void> add(EventKind from, EventKind to, Step step);

  // The event in the newest schema that the steps lead to. DATA_LOSS naming the kind when a step
  // fails or gives another kind than it was added for; INTERNAL when it throws.
  Result<StoredEvent> upcast(StoredEvent event) const;

  bool empty() const { return steps_.empty(); }
  // The first refusal of add(), for those who could not look at it.
  const Result<void>& status() const { return status_; }
  // The kind that events of `kind` are read as; itself when no step begins there.
  EventKind leads_to(EventKind kind) const;
  // Each step's kind and where it leads.
  std::map<EventKind, EventKind> steps() const;

 private:
  struct Rung {
    EventKind to;
    Step step;
  };

  Result<void> refuse(Error why);

  std::map<EventKind, Rung> steps_;
  Result<void> status_;
};

// A step between two messages: the payload is read as an `Old`, and what `change` makes of it, a
// New, is stored. The old message stays in the .proto under a name of its own.
template <typename Old, typename New, typename Change>
Upcasters::Step payload_step(Change change) {
  return [change = std::move(change)](StoredEvent event) -> Result<StoredEvent> {
    Old old;
    if (!old.ParseFromString(event.payload)) return data_loss("its payload does not parse");
    const New changed = change(old);
    event.payload = changed.SerializeAsString();
    return event;
  };
}

}  // namespace mt
