// Folds a module's derived state anew when the tables folder holds one that an earlier program
// wrote otherwise.
#pragma once

#include "events/derived_store.h"
#include "projections/live_tables.h"

namespace mt {

// At the start, before the derived state is used: as far as it was applied, in one transaction.
// DATA_LOSS when that is further than the log; CANCELLED when `progress` said so.
Result<void> bring_current(KvEnv& env, const EventLog& log, const DerivedStore& derived,
                           const ModuleName& module, const OnFold& progress);

}  // namespace mt
