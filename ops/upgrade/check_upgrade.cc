#include "ops/upgrade/check_upgrade.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <iostream>
#include <set>

#include "actors/module_checks.h"
#include "actors/upgrade_check.h"
#include "mt/ops/v1/upgrade.pb.h"
#include "ops/data/stored_log.h"
#include "ops/mtctl/output.h"
#include "ops/terminal/number_text.h"
#include "ops/terminal/progress_bar.h"

namespace mt {
namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

using Reports = std::vector<ops::v1::UpgradeReport>;

struct Wanted {
  std::string data = "./data";
  std::string sample = "100%";
  std::size_t memory_mib = 1024;
  std::string format = "table";
};

struct Parsed {
  Wanted wanted;
  int exit_code = -1;  // when there is nothing more to do
};

std::string not_a_share(const std::string& text) {
  char* end = nullptr;
  const double share = std::strtod(text.c_str(), &end);
  const std::string_view rest(end);
  if (end != text.c_str() && (rest.empty() || rest == "%") && share > 0 && share <= 100) return "";
  return "'" + text + "' is no share; write it like 5%";
}

Parsed parse(const std::string& program, std::vector<std::string> arguments) {
  Parsed parsed;
  Wanted& wanted = parsed.wanted;
  CLI::App app("Tells whether this program can take over the logs of a data folder. Reads only.",
               program + " " + std::string(kCheckUpgrade));
  app.add_option("--data", wanted.data, "The data folder; a container may run on it")
      ->envname("MT_DATA")
      ->capture_default_str();
  app.add_option("--sample", wanted.sample, "Fold so much of the streams, the same each time")
      ->check(CLI::Validator(not_a_share, "", "share"))
      ->type_name("N%")
      ->capture_default_str();
  app.add_option("--memory", wanted.memory_mib,
                 "For tables that are folded at once; one may take more")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 20).description(""))
      ->type_name("MIB")
      ->capture_default_str();
  app.add_option("-o,--output", wanted.format, "table, json or ndjson")
      ->check(CLI::IsMember({"table", "json", "ndjson"}).description(""))
      ->type_name("FORMAT");
  std::ranges::reverse(arguments);
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    parsed.exit_code = 0;
  } catch (const CLI::Error& refusal) {
    std::cerr << program << ": " << refusal.what() << "\n";
    parsed.exit_code = kUsage;
  }
  return parsed;
}

std::size_t terminal_columns() {
  winsize size{};
  return isatty(STDOUT_FILENO) == 1 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col
                                                                                    : 0;
}

mtctl::Format format_of(const std::string& name) {
  if (name == "json") return mtctl::Format::kJson;
  return name == "ndjson" ? mtctl::Format::kNdjson : mtctl::Format::kTable;
}

ops::v1::UpgradeReport to_proto(const CheckedUpgrade& checked) {
  ops::v1::UpgradeReport report;
  report.set_module(checked.module.value);
  report.set_head(checked.head.value);
  report.set_events(checked.events);
  report.set_folded(checked.folded);
  report.set_streams(checked.streams);
  report.set_passes(checked.passes);
  report.set_seconds(checked.seconds);
  if (checked.seconds > 0) {
    report.set_events_per_second(static_cast<double>(checked.events) / checked.seconds);
  }
  report.set_ready(checked.faults.empty() && checked.damage.empty());
  report.set_damage(checked.damage);
  for (const UpgradeFault& fault : checked.faults) {
    auto& to = *report.add_faults();
    to.set_part(fault.part);
    to.set_type(fault.kind.type);
    to.set_schema(fault.kind.schema);
    to.set_why(fault.why);
    for (const Position position : fault.first) to.add_first_positions(position.value);
    to.set_count(fault.count);
  }
  return report;
}

ops::v1::UpgradeReport left_alone(const EventLog& log, const ModuleName& module) {
  ops::v1::UpgradeReport report;
  report.set_module(module.value);
  report.set_head(log.head(module).value);
  report.set_left_alone(true);
  report.set_ready(true);
  return report;
}

// The logs of the program's modules, and those that it leaves alone.
Result<Reports> check_all(const std::vector<Module>& modules, const Wanted& wanted) {
  MT_TRY(const auto log, open_stored_log(wanted.data));
  UpgradeCheckLimits limits;
  limits.sample = std::strtod(wanted.sample.c_str(), nullptr) / 100;
  limits.table_bytes = wanted.memory_mib << 20;
  const std::vector<ModuleName> logs = log->modules();
  std::set<ModuleName> others(logs.begin(), logs.end());
  Reports reports;
  ProgressBar bar;
  for (const Module& module : modules) {
    if (others.erase(module.name()) == 0) continue;  // it is new, and begins with an empty log
    MT_TRY(const CheckedUpgrade checked,
           check_upgrade(module, *log, limits, [&bar](const FoldProgress& fold) {
             bar.show({fold.what, fold.position.value, fold.head.value, fold.events_per_second,
                       fold.seconds_left()});
             return true;
           }));
    reports.push_back(to_proto(checked));
  }
  for (const ModuleName& module : others) reports.push_back(left_alone(*log, module));
  return reports;
}

std::string verdict(const ops::v1::UpgradeReport& report) {
  if (report.left_alone()) return "left alone";
  if (report.ready()) return "ready";
  std::uint64_t faults = 0;
  for (const auto& fault : report.faults()) faults += fault.count();
  if (faults == 0) return "damaged";
  return grouped(faults) + (faults == 1 ? " fault" : " faults");
}

void print(const Reports& reports, mtctl::Output& output) {
  if (!output.is_table()) {
    output.begin_array();
    for (const auto& report : reports) output.element(report);
    return output.end_array();
  }
  using mtctl::Align;
  mtctl::TextTable table({{"MODULE"},
                          {"VERDICT"},
                          {"EVENTS", Align::kRight},
                          {"FOLDED", Align::kRight},
                          {"STREAMS", Align::kRight},
                          {"EVENTS/S", Align::kRight}});
  for (const auto& report : reports) {
    table.add({report.module(), verdict(report), grouped(report.events()), grouped(report.folded()),
               grouped(report.streams()),
               grouped(static_cast<std::uint64_t>(report.events_per_second()))});
  }
  output.table(table);
}

std::string positions(const ops::v1::UpgradeFault& fault) {
  std::string text;
  for (const std::uint64_t position : fault.first_positions()) {
    text += (text.empty() ? "" : ", ") + std::to_string(position);
  }
  if (fault.count() == 1) return "at position " + text;
  return grouped(fault.count()) + " times, first at positions " + text;
}

// What an event is not, names it.
std::string line(const std::string& module, const ops::v1::UpgradeFault& fault) {
  const std::string where = positions(fault) + ": " + fault.why();
  if (fault.part() == "event") return module + ": " + where;
  return module + ": " + fault.part() + ": " + fault.type() + " of schema " +
         std::to_string(fault.schema()) + ", " + where;
}

// A line for all faults that are alike. True when there is any.
bool complain(const Reports& reports, mtctl::Output& output) {
  bool any = false;
  for (const auto& report : reports) {
    for (const auto& fault : report.faults()) output.note(line(report.module(), fault));
    if (!report.damage().empty()) output.note(report.module() + ": " + report.damage());
    any = any || !report.ready();
  }
  return any;
}

}  // namespace

int check_upgrade_command(const std::string& program, const std::vector<Module>& modules,
                          std::vector<std::string> arguments) {
  const Parsed parsed = parse(program, std::move(arguments));
  if (parsed.exit_code >= 0) return parsed.exit_code;
  mtctl::Output output(format_of(parsed.wanted.format), std::cout, std::cerr, terminal_columns());
  // It would not start at all; what that means for the logs is told all the same.
  const auto sound = check_modules(modules);
  if (!sound) output.note(program + ": it does not start: " + sound.error().message);
  const auto reports = check_all(modules, parsed.wanted);
  if (!reports) {
    output.note(program + ": " + reports.error().message);
    return kFailed;
  }
  print(*reports, output);
  const bool fails = complain(*reports, output);
  return sound && !fails ? 0 : kFailed;
}

}  // namespace mt
