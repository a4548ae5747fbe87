#include "events/upcasters.h"

#include <exception>

namespace mt {
namespace {

Error step_failed(const EventKind& kind, const std::string& how) {
  return data_loss("the upcaster for event " + to_string(kind) + " " + how);
}

Error step_threw(const EventKind& kind, const std::string& what) {
  return internal("the upcaster for event " + to_string(kind) + " threw: " + what);
}

}  // namespace

std::string to_string(const EventKind& kind) {
  return kind.type + " of schema " + std::to_string(kind.schema);
}

Result<void> Upcasters::add(std::string type, std::uint32_t schema, Step step) {
  EventKind next{type, schema + 1};
  return add(EventKind{std::move(type), schema}, std::move(next),
             [step = std::move(step), schema](StoredEvent event) -> Result<StoredEvent> {
               MT_TRY(StoredEvent raised, step(std::move(event)));
               // The usual step cares for the payload alone.
               if (raised.schema == schema) raised.schema = schema + 1;
               return raised;
             });
}

Result<void> Upcasters::add(EventKind from, EventKind to, Step step) {
  if (to.schema <= from.schema) {
    return refuse(invalid_argument("the upcaster for event " + to_string(from) + " leads to " +
                                   to_string(to) + "; a step must raise the schema"));
  }
  if (steps_.contains(from)) {
    return refuse(already_exists("two upcasters for event " + to_string(from)));
  }
  steps_.emplace(std::move(from), Rung{std::move(to), std::move(step)});
  return {};
}

Result<void> Upcasters::refuse(Error why) {
  if (status_) status_ = why;
  return why;
}

Result<StoredEvent> Upcasters::upcast(StoredEvent event) const {
  EventKind kind{event.type, event.schema};
  for (auto at = steps_.find(kind); at != steps_.end(); at = steps_.find(kind)) {
    Result<StoredEvent> raised = Error{};
    try {
      raised = at->second.step(std::move(event));
    } catch (const std::exception& thrown) {
      return step_threw(kind, thrown.what());
    } catch (...) {
      return step_threw(kind, "an exception of unknown type");
    }
    if (!raised) return step_failed(kind, "failed: " + raised.error().message);
    const EventKind reached{raised->type, raised->schema};
    if (reached != at->second.to) {
      return step_failed(kind, "gave " + to_string(reached) + " in the place of " +
                                   to_string(at->second.to));
    }
    kind = reached;
    event = *std::move(raised);
  }
  return event;
}

EventKind Upcasters::leads_to(EventKind kind) const {
  for (auto at = steps_.find(kind); at != steps_.end(); at = steps_.find(kind)) {
    kind = at->second.to;
  }
  return kind;
}

std::map<EventKind, EventKind> Upcasters::steps() const {
  std::map<EventKind, EventKind> steps;
  for (const auto& [kind, rung] : steps_) steps.emplace(kind, rung.to);
  return steps;
}

}  // namespace mt
