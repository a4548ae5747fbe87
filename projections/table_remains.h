// TableRemains: stores of versions of a table that this program has no code of: older ones, which
// nothing will read again, and newer ones, which a newer program has left and may come back to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "projections/checkpoints.h"
#include "projections/live_table.h"

namespace mt {

struct TableRemains {
  std::string table;
  ModuleName module;
  std::uint32_t version = 0;
  bool is_newer = false;          // than all that the program has
  std::vector<TableCopy> copies;  // one or two, with their primary stores first
};

// What a table's name has in front: sys_timespace_places of sys_timespace_places@2+.by_name.
struct StoreName {
  std::string table;
  std::uint32_t version = 0;
  bool is_second = false;  // of the second copy
  std::string index;       // empty: the primary store
};
// None for a store that is no table's.
std::optional<StoreName> parse_store_name(const std::string& name);

// Of the tables of which versions are declared, at the start: opens their stores.
Result<std::vector<TableRemains>> find_remains(KvEnv& env, const std::vector<LiveTable*>& declared);

// How they are listed; none when nothing is in them.
std::optional<TableState> state_of(const TableRemains& remains, const KvEnv& env,
                                   const KvReader& kv, const Checkpoints& checkpoints);
// By the tables thread.
Result<void> drop_remains(KvEnv& env, const Checkpoints& checkpoints, const TableRemains& remains);

}  // namespace mt
