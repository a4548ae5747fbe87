#include "tests/bench/report.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "events/base/check.h"

namespace mt::bench {
namespace {

using google::protobuf::Struct;

// Three digits that count; whole numbers in groups of three.
std::string number_text(double value) {
  char text[40];
  if (value < 1000) {
    const int places = value >= 100 || value == std::floor(value) ? 0 : value >= 10 ? 1 : 2;
    std::snprintf(text, sizeof text, "%.*f", value < 1 && places == 2 ? 3 : places, value);
    return text;
  }
  std::snprintf(text, sizeof text, "%.0f", value);
  std::string grouped = text;
  for (std::size_t at = grouped.size(); at > 3;) grouped.insert(at -= 3, ",");
  return grouped;
}

std::string text_of(const Figure& figure) {
  const std::string space = figure.unit.empty() || figure.unit.front() == '/' ? "" : " ";
  const std::string name = figure.name.empty() ? "" : figure.name + " ";
  return name + number_text(figure.value) + space + figure.unit;
}

std::string text_of(const Row& row) {
  std::string text = row.benchmark;
  text.resize(std::max<std::size_t>(text.size() + 1, 9), ' ');
  text += row.work;
  text.resize(std::max<std::size_t>(text.size() + 2, 52), ' ');
  for (const Figure& figure : row.figures) {
    std::string one = text_of(figure);
    one.resize(std::max<std::size_t>(one.size() + 2, 14), ' ');
    text += one;
  }
  if (row.bar) return text + row.bar->text + (row.bar->met ? ": met" : ": MISSED");
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

Struct struct_of(const Row& row) {
  Struct made;
  auto& fields = *made.mutable_fields();
  fields["benchmark"].set_string_value(row.benchmark);
  fields["work"].set_string_value(row.work);
  for (const Figure& figure : row.figures) {
    auto& one = *fields["figures"].mutable_list_value()->add_values()->mutable_struct_value();
    (*one.mutable_fields())["name"].set_string_value(figure.name);
    (*one.mutable_fields())["value"].set_number_value(figure.value);
    (*one.mutable_fields())["unit"].set_string_value(figure.unit);
  }
  if (!row.bar) return made;
  fields["bar"].set_string_value(row.bar->text);
  fields["met"].set_bool_value(row.bar->met);
  return made;
}

}  // namespace

void Report::add(Row row) {
  rows_.push_back(std::move(row));
  if (!shown_) return;
  std::puts(text_of(rows_.back()).c_str());
  std::fflush(stdout);
}

std::string Report::as_json() const {
  Struct all;
  auto& rows = *(*all.mutable_fields())["rows"].mutable_list_value();
  for (const Row& row : rows_) *rows.add_values()->mutable_struct_value() = struct_of(row);
  std::string json;
  check(google::protobuf::util::MessageToJsonString(all, &json).ok(), "figures are JSON");
  return json;
}

Figure seconds(std::string name, double value) { return {std::move(name), value, "s"}; }

Figure milliseconds(std::string name, std::chrono::nanoseconds value) {
  return {std::move(name), std::chrono::duration<double, std::milli>(value).count(), "ms"};
}

Figure per_second(double value) { return {"", value, "/s"}; }

Bar below(double bar, const Figure& figure) {
  return {"< " + number_text(bar) + " " + figure.unit, figure.value < bar};
}

Bar at_least(double bar, const Figure& figure) {
  return {">= " + number_text(bar) + " " + figure.unit, figure.value >= bar};
}

double median(std::vector<double> values) {
  check(!values.empty(), "there is something to take the median of");
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace mt::bench
