// Report: the figures of a run, shown as they come, and once more as JSON for programs.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace mt::bench {

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;  // "s", "ms", "/s", "MB", "%"; empty: a count
};

// What a figure has to reach, and whether it did.
struct Bar {
  std::string text;  // "< 20 s"
  bool met = false;
};

struct Row {
  std::string benchmark;
  std::string work;
  std::vector<Figure> figures;
  std::optional<Bar> bar = {};
};

class Report {
 public:
  // `shown`: each row is printed as soon as it is known.
  explicit Report(bool shown) : shown_(shown) {}

  void add(Row row);
  std::string as_json() const;

 private:
  const bool shown_;
  std::vector<Row> rows_;
};

Figure seconds(std::string name, double value);
Figure milliseconds(std::string name, std::chrono::nanoseconds value);
Figure per_second(double value);
Bar below(double bar, const Figure& figure);
Bar at_least(double bar, const Figure& figure);

double median(std::vector<double> values);

}  // namespace mt::bench
