// The cheap part of check_upgrade, at every start: whether this program can read every kind of
// event that the logs hold. The derived state knows the kinds of what is applied; only what lies
// behind it is read.
#pragma once

#include <vector>

#include "actors/module.h"
#include "events/derived_store.h"
#include "events/event_log.h"
#include "projections/live_tables.h"

namespace mt {

// The logs are open; the derived state is opened here. FAILED_PRECONDITION naming module, type,
// schema, first position and what to do; CANCELLED when `progress` said so.
Result<void> check_kinds(const std::vector<Module>& modules, const EventLog& log,
                         const KvEnv& tables, DerivedStore& derived, const OnFold& progress);

}  // namespace mt
