// Whether this program can take over a log: every event is upcast, parsed, applied to all tables of
// its module and followed by its entity, as they would be by a node. Nothing is written; what fails
// is noted, and the check goes on behind it. Pure but for the memory that it works in, which is
// bounded: tables that outgrow it together are folded one after the other, and entities share by
// share, each in a further pass over the log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/module.h"
#include "actors/upgrade_faults.h"
#include "events/event_log.h"
#include "projections/live_tables.h"

namespace mt {

struct UpgradeCheckLimits {
  // Of the streams, 0 to 1, by hash: the same ones each time. The kinds of all others' events are
  // checked too, but those are neither parsed nor folded.
  double sample = 1;
  // That the rows of the tables that are folded at once may take. A table alone may take more.
  std::size_t table_bytes = std::size_t{1} << 30;
  std::size_t states = 250'000;  // of entities
};

struct CheckedUpgrade {
  ModuleName module;
  Position head;
  std::uint64_t events = 0;   // that were read
  std::uint64_t folded = 0;   // of them: those that were parsed and folded
  std::uint64_t streams = 0;  // that were folded
  std::uint64_t passes = 0;
  double seconds = 0;
  std::vector<UpgradeFault> faults;
  std::string damage;  // why the log could be read no further than `events`; empty: it could
};

// Up to the head at the time of the call. CANCELLED when `progress` said so.
Result<CheckedUpgrade> check_upgrade(const Module& module, const EventLog& log,
                                     const UpgradeCheckLimits& limits, const OnFold& progress);

}  // namespace mt
