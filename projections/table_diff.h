// Which rows two versions of a table do not have in common. Pure; any number of rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "events/kv.h"

namespace mt {

// One entry that only one side has, or both with different values.
struct RowDifference {
  std::size_t store =
      0;  // 0: a row; above: an entry of the index before, as the table declares them
  std::string key;
  std::optional<std::string> before;
  std::optional<std::string> after;
};

struct TableDiff {
  std::uint64_t added = 0;           // only after
  std::uint64_t lost = 0;            // only before
  std::uint64_t changed = 0;         // both, with another value
  std::vector<RowDifference> first;  // of them, in the order of their keys

  bool is_empty() const { return added + lost + changed == 0; }
};

// Compares the rows, and the entries of each index when the rows are the same. `most`: of the
// differences that are kept. Both sides have as many stores.
TableDiff diff_tables(const KvReader& before, const std::vector<StoreId>& before_stores,
                      const KvReader& after, const std::vector<StoreId>& after_stores,
                      std::size_t most);

}  // namespace mt
