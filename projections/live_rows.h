// LiveRows: what a live query tells of a table: its rows in one range of an index. Made by the
// module's author for a request.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "projections/table.h"

namespace mt {

template <typename Row>
struct LiveRows {
  // Those whose key in that index ("" for the primary) begins with `prefix`; the first result comes
  // in the order of the index. The table outlives the query.
  LiveRows(const Table<Row>& of, std::string_view by, std::string prefix,
           Order in_order = Order::kForward)
      : table(of), index(by), range(of.range_of(by, std::move(prefix))), order(in_order) {}

  using RowType = Row;

  const Table<Row>& table;
  std::string index;
  RowRange range;
  Order order;
  // Both may be left empty. Which rows of the range are meant, where the index cannot tell; pure.
  std::function<bool(const Row&)> keeps = {};
  // Adds what the answer holds beside the rows, a message's at a time. What it reads of other
  // tables is told as it was when the row was sent: their changes are not followed.
  std::function<void(const KvReader&, const std::vector<Row*>&)> completes = {};
};

}  // namespace mt
