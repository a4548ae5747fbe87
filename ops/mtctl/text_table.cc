#include "ops/mtctl/text_table.h"

#include <algorithm>

#include "events/base/check.h"
#include "ops/terminal/display_width.h"

namespace mt::mtctl {
namespace {

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

void TextTable::add(const std::vector<std::string>& cells) {
  check(cells.size() == columns_.size(), "a row has one cell a column");
  rows_.emplace_back();
  for (const std::string& cell : cells) rows_.back().push_back(printable(cell));
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(display_width(columns_[i].title));
    for (const auto& row : rows_) widths[i] = std::max(widths[i], display_width(row[i]));
  }
  return widths;
}

std::string TextTable::text(std::size_t most_columns) const {
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  const std::vector<std::size_t> widths = this->widths();
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const bool right = columns_[i].align == Align::kRight;
      text += (i > 0 ? "  " : "") +
              (right ? right_aligned(cells[i], widths[i]) : left_aligned(cells[i], widths[i]));
    }
    text = without_trailing_spaces(std::move(text));
    return (most_columns == 0 ? text : fitted(text, most_columns)) + "\n";
  };
  std::string all = line(titles);
  for (const auto& row : rows_) all += line(row);
  return all;
}

}  // namespace mt::mtctl
