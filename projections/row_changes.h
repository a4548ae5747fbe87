// RowChanges: the rows of one table that one transaction changed: their keys, and the index keys by
// which they were and are found. Packed into one block of bytes, since an import makes thousands a
// second. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "events/event_log.h"

namespace mt {

// Rows of a table: those whose key in that store (0: the primary, 1…: the indexes as declared)
// begins with `prefix`.
struct RowRange {
  std::size_t store = 0;
  std::string prefix;
};

class RowChanges {
 public:
  // `was` and `is` as in RowNotes.
  void add(std::string_view key, const std::vector<std::string>& was,
           const std::vector<std::string>& is);

  // Visits the keys of the rows that were or are in the range, in the order of their changes.
  void visit(const RowRange& range,
             const std::function<Scan(std::string_view primary)>& visitor) const;
  bool touches(const RowRange& range) const;

  bool empty() const { return bytes_.empty(); }
  std::size_t bytes() const { return bytes_.size(); }
  void clear() { bytes_.clear(); }

 private:
  // Of each row: its key, the number of indexes, and of each index the key before, unless it stayed
  // the same, and the key now. All lengths in four bytes.
  std::string bytes_;
};

}  // namespace mt
