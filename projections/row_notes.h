// RowNotes: is told of each row that a table puts or erases, and by which index keys the row was
// known before and is known now, in the order of the table's indexes. A KvWriter names it
// (KvWriter::row_notes) to the table that writes through it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mt {

class RowNotes {
 public:
  virtual ~RowNotes() = default;

  // `was` is empty when there was no such row, `is` when there is none any more.
  virtual void row_changed(std::string_view key, const std::vector<std::string>& was,
                           const std::vector<std::string>& is) = 0;
};

}  // namespace mt
