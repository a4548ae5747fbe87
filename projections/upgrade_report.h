// What is asked of an upgrade of a table, and what is told of it. Plain data.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "events/base/ids.h"
#include "projections/table_diff.h"

namespace mt {

struct UpgradeOptions {
  bool only_plan = false;            // nothing is built
  bool rehearses = false;            // all but the cut-over; what was built is dropped
  bool accepts_differences = false;  // other rows are what the new version is for
};

// From the version that serves to the newest one that the program has; both the same when nothing
// is to be done. Time and room are those of a sample of the log, carried on.
struct UpgradePlan {
  std::string table;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  Position head;            // so many events are folded
  double seconds = 0;       // that takes, about
  std::uint64_t bytes = 0;  // that the new rows and indexes take, about
};
using OnUpgradePlan = std::function<void(const UpgradePlan&)>;

struct UpgradeReport {
  UpgradePlan plan;
  Position position;        // at which both versions were compared
  std::uint64_t rows = 0;   // of the new one
  TableDiff diff;           // of the rows, from the old one to the new one
  std::string refused;      // why the new one may not serve; empty: it may
  bool has_failed = false;  // that is for an event that it cannot apply
  bool is_serving = false;
  double seconds = 0;           // of the build
  double cut_over_seconds = 0;  // in which no event was applied
};

struct RollbackReport {
  std::string table;
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  Position position;
  double seconds = 0;  // in which no event was applied
};

}  // namespace mt
