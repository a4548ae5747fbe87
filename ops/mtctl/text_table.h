// TextTable: rows under headings, as wide as their widest cell, for people to read. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace mt::mtctl {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // One cell a column. Control characters in it are escaped.
  void add(const std::vector<std::string>& cells);
  bool empty() const { return rows_.empty(); }

  // Headings and rows, a line each. `most_columns` cuts what is wider; 0: nothing is cut.
  std::string text(std::size_t most_columns) const;

 private:
  std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace mt::mtctl
