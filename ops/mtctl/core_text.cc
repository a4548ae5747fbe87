#include "ops/mtctl/core_text.h"

#include <google/protobuf/util/time_util.h>

#include "ops/mtctl/json_text.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"

namespace mt::mtctl {

namespace core = sys::core::v1;

namespace {

constexpr std::size_t kPositionColumns = 8;
constexpr std::size_t kTypeColumns = 20;

std::uint64_t largest_lag(const core::ModuleStatus& module) {
  std::uint64_t lag = 0;
  for (const core::TableStatus& table : module.tables()) lag = std::max(lag, table.lag());
  return lag;
}

}  // namespace

std::string time_text(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "";
  std::string text = google::protobuf::util::TimeUtil::ToString(time).substr(0, 19) + "Z";
  text[10] = ' ';
  return text;
}

std::string joined(const Repeated<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

std::string node_text(const core::NodeStatus& node) {
  std::string text = node.container() + " " + node.version() + ", node " + node.name() +
                     ", process " + std::to_string(node.process_id()) + ", up " +
                     duration_text(node.uptime_seconds()) + "\n";
  text += "listening on " + joined(node.listening()) + "\n";
  text += "entities in memory: " + grouped(node.entities_in_memory()) +
          ", calls in flight: " + grouped(node.calls_in_flight()) + "\n";
  return text;
}

TextTable module_table(const Repeated<core::ModuleStatus>& modules) {
  TextTable table({{"MODULE"},
                   {"STATE"},
                   {"VERSION"},
                   {"LOG HEAD", Align::kRight},
                   {"TABLES", Align::kRight},
                   {"LAG", Align::kRight}});
  for (const core::ModuleStatus& module : modules)
    table.add({module.name(), module.state(), module.version(), grouped(module.log_head()),
               std::to_string(module.tables_size()), grouped(largest_lag(module))});
  return table;
}

TextTable table_table(const Repeated<core::TableStatus>& tables) {
  TextTable table({{"TABLE"},
                   {"STATE"},
                   {"VERSION", Align::kRight},
                   {"ROWS", Align::kRight},
                   {"CHECKPOINT", Align::kRight},
                   {"LAG", Align::kRight},
                   {"PARKED", Align::kRight}});
  for (const core::TableStatus& row : tables)
    table.add({row.name(), row.state(), std::to_string(row.version()), grouped(row.rows()),
               grouped(row.checkpoint()), grouped(row.lag()), grouped(row.parked())});
  return table;
}

TextTable method_table(const Repeated<core::MethodStatus>& methods) {
  TextTable table({{"METHOD"}, {"KIND"}, {"WHO MAY CALL"}});
  for (const core::MethodStatus& method : methods)
    table.add({method.name(), method.kind(), method.access()});
  return table;
}

std::string applied_text(const core::BootstrapSet& set) {
  if (!set.broken().empty()) return "broken";
  return set.has_applied() ? time_text(set.applied()) : "no";
}

TextTable set_table(const Repeated<core::BootstrapSet>& sets) {
  TextTable table(
      {{"SET"}, {"TITLE"}, {"COMMANDS", Align::kRight}, {"DEMO"}, {"APPLIED"}, {"NEEDS"}});
  for (const core::BootstrapSet& set : sets)
    table.add({set.module() + "/" + set.name(), set.title(), grouped(set.commands()),
               set.demo() ? "yes" : "no", applied_text(set), joined(set.needs())});
  return table;
}

std::string trouble_text(const Repeated<core::BootstrapSet>& sets) {
  std::string text;
  for (const core::BootstrapSet& set : sets)
    if (!set.broken().empty())
      text += set.module() + "/" + set.name() + " is broken: " + printable(set.broken()) + "\n";
  return text;
}

std::string trouble_text(const Repeated<core::ModuleStatus>& modules) {
  std::string text;
  for (const core::ModuleStatus& module : modules) {
    if (!module.reason().empty())
      text += module.name() + " is " + module.state() + ": " + printable(module.reason()) + "\n";
    text += trouble_text(module.tables());
  }
  return text;
}

std::string trouble_text(const Repeated<core::TableStatus>& tables) {
  std::string text;
  for (const core::TableStatus& table : tables)
    if (!table.failure().empty())
      text += table.name() + " is " + table.state() + ": " + printable(table.failure()) +
              "\n  mend the cause, then: mtctl projection rebuild " + table.name() + "\n";
  return text;
}

std::string event_line(const core::EventRecord& event) {
  const std::string stream = event.stream() + "@" + std::to_string(event.version());
  return right_aligned(std::to_string(event.position()), kPositionColumns) + "  " +
         time_text(event.time()) + "  " + left_aligned(printable(event.type()), kTypeColumns) +
         "  " + printable(stream) + "  by " + printable(event.actor()) + "  " +
         printable(to_json(event.payload()));
}

Progress progress_of(const core::ProjectionProgress& report) {
  return {report.table(), report.position(), report.head(), report.events_per_second(),
          report.seconds_left()};
}

}  // namespace mt::mtctl
