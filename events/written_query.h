// Tag queries name types as events are read today; the log and its index know them as they were
// written. Pure.
#pragma once

#include "events/tag_query.h"
#include "events/upcasters.h"

namespace mt {

// The query with the older names of its types, by which the index finds all that can match. What is
// found is upcast and matched against `query` itself again: not every schema of an older name needs
// to lead to a type that was asked for.
TagQuery as_written(TagQuery query, const Upcasters* upcasters);

}  // namespace mt
