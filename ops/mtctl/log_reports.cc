#include "ops/mtctl/log_reports.h"

#include "modules/sys_core/messages/log_reports.h"
#include "ops/terminal/number_text.h"

namespace mt::mtctl {

sys::core::v1::LogReport report_of(const RestoredLog& log, Position first) {
  const Anchor& end = log.end.end;
  auto report =
      sys_core::to_proto(VerifiedLog{end, log.end.records, log.seconds, ""}, end.position);
  if (log.seconds > 0) {
    const std::uint64_t events = end.position.value + 1 - first.value;
    report.set_events_per_second(static_cast<double>(events) / log.seconds);
  }
  return report;
}

TextTable log_table(const LogReports& reports) {
  TextTable table({{"MODULE"},
                   {"POSITION", Align::kRight},
                   {"COMMITS", Align::kRight},
                   {"EVENTS/S", Align::kRight},
                   {"CHAIN"}});
  for (const auto& report : reports)
    table.add({report.module(), grouped(report.position()), grouped(report.commits()),
               grouped(static_cast<std::uint64_t>(report.events_per_second())),
               report.hash().substr(0, 16)});
  return table;
}

void print_logs(Output& output, const LogReports& reports) {
  if (output.is_table()) return output.table(log_table(reports));
  output.begin_array();
  for (const auto& report : reports) output.element(report);
  output.end_array();
}

OnLogProgress shown_on(ProgressBar& bar) {
  return [&bar](const LogProgress& progress) {
    bar.show({progress.module.value, progress.position.value, progress.head.value,
              progress.events_per_second, progress.seconds_left});
    return true;
  };
}

}  // namespace mt::mtctl
