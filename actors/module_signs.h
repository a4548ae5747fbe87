// ModuleSigns: what the parts of a node say of one module, and what follows for the module. Pure.
#pragma once

#include <string>
#include <vector>

#include "actors/runtime.h"
#include "projections/live_tables.h"

namespace mt {

enum class NodePhase { kStarting, kServing, kStopped };

// Empty texts: nothing is wrong there.
struct ModuleSigns {
  NodePhase node = NodePhase::kStarting;
  ModuleHealth supervised;  // its actors
  std::vector<TableState> tables;
  std::vector<std::string> reactors;  // what troubles them
  std::string tables_stopped;         // why its tables follow its log no more
  std::string writer_stopped;         // why no log takes any more
};

struct ModuleVerdict {
  ModuleState state = ModuleState::kStarting;
  std::string reason;  // all of them, joined by "; "
};

// The worst of its signs. Tables that do not follow their log fail the module, since every command
// waits for them; a table that failed alone, or a log that takes no more, leaves its queries.
ModuleVerdict judge(const ModuleSigns& signs);

}  // namespace mt
