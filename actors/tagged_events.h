// TaggedEvents: what a decision may read beside the state of its entity, the events of its module
// by their tags. What was read is guarded: the decision becomes a fact only when no other event
// that matches has come since.
#pragma once

#include <functional>

#include "events/base/result.h"
#include "events/record.h"
#include "events/tag_query.h"
#include "projections/projection.h"

namespace mt {

class TaggedEvents {
 public:
  // `event` is upcast. An error ends the reading with it.
  using Visitor = std::function<Result<void>(const StoredEvent& event, const EventMeta& meta)>;

  virtual ~TaggedEvents() = default;

  // Visits the events that match, in the order of the log. INVALID_ARGUMENT: it is no query
  // (events/tag_query.h). FAILED_PRECONDITION: it reads more than a decision may.
  virtual Result<void> read(const TagQuery& query, const Visitor& visit) = 0;
};

}  // namespace mt
