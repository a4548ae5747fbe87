// StartProgress: shows how far the tables are at a start that takes its time: a bar on a terminal,
// a log line a second anywhere else. One thread.
#pragma once

#include <chrono>

#include "events/base/log.h"
#include "ops/terminal/progress_bar.h"
#include "projections/live_tables.h"

namespace mt {

class StartProgress {
 public:
  // `interval`: between two log lines, and before the first.
  explicit StartProgress(std::chrono::milliseconds interval = std::chrono::seconds(1))
      : interval_(interval) {}

  void show(const FoldProgress& fold);

 private:
  void log(const FoldProgress& fold);

  const std::chrono::milliseconds interval_;
  const Logger logger_{"container"};
  ProgressBar bar_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace mt
