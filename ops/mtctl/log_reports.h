// What became of logs, as a table or as messages. Pure but for the output.
#pragma once

#include <vector>

#include "events/log_meter.h"
#include "ops/backup/backup.h"
#include "ops/mtctl/output.h"
#include "ops/terminal/progress_bar.h"
#include "sys/core/v1/integrity.pb.h"

namespace mt::mtctl {

using LogReports = std::vector<sys::core::v1::LogReport>;

// The rate is that of the events from `first` on.
sys::core::v1::LogReport report_of(const RestoredLog& log, Position first);

// MODULE, POSITION, COMMITS, EVENTS/S, CHAIN.
TextTable log_table(const LogReports& reports);
void print_logs(Output& output, const LogReports& reports);

// Draws each report; never ends the work. The bar outlives it.
OnLogProgress shown_on(ProgressBar& bar);

}  // namespace mt::mtctl
