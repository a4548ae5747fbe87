#include <string>

#include "tests/bench/answers.h"
#include "tests/bench/benchmarks.h"

namespace mt::bench {
namespace {

constexpr double kImportSeconds = 20;
constexpr double kMegabytes = 300;

void import_by_edge(World& world, Report& report) {
  const LoadReport& load = world.import();
  check_answers(world.server().superadmin(), world.cities(), 20);
  const Figure took = seconds("", load.seconds);
  Row row{"import",
          "cities by gRPC, " + std::to_string(kImportInFlight) + " in flight, D2",
          {{"", static_cast<double>(load.answered), "commands"},
           took,
           per_second(load.per_second),
           milliseconds("p50", load.p50),
           milliseconds("p99", load.p99)}};
  if (!world.quick()) row.bar = below(kImportSeconds, took);
  report.add(row);
}

void import_demo(World& world, Report& report) {
  const auto folder = world.settings().folder;
  std::vector<std::string> arguments{"--demo"};
  if (world.quick()) {
    const auto sets = folder / "sets";
    for (const char* set : {"countries.ndjson", "cities.ndjson"})
      write_short_set(set, world.stride(), (sets / "sys_timespace" / set).string());
    arguments.insert(arguments.end(), {"--bootstrap_folder", sets.string()});
  }
  Server server(folder / "demo", arguments);
  const std::string line = server.process().wait_for_line("demo loaded ");
  must(places_status(server.superadmin()).rows() == world.cities().size(),
       "the demo sets hold every city");
  const double events = std::stod(word_of(line, "events"));
  const double took = std::stod(word_of(line, "seconds"));
  report.add({"import",
              "demo sets, in process, D2",
              {{"", events, "events"}, seconds("", took), per_second(events / took)}});
}

}  // namespace

void import(World& world, Report& report) {
  import_by_edge(world, report);
  import_demo(world, report);
}

void memory(World& world, Report& report) {
  const auto bytes = static_cast<double>(world.server().anonymous_bytes());
  const Figure anonymous{"anonymous", bytes / 1e6, "MB"};
  Row row{"memory", "of the container after the import", {anonymous}};
  if (!world.quick()) row.bar = below(kMegabytes, anonymous);
  report.add(row);
}

}  // namespace mt::bench
