// mt_bench: how fast this build is. Exit codes: 0 measured, 1 something went wrong, 2 usage.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/benchmarks.h"
#include "tests/bench/guarded.h"
#include "tests/fixture/built.h"

namespace {

using mt::bench::Report;
using mt::bench::World;

struct Benchmark {
  const char* name;
  const char* about;
  void (*run)(World&, Report&);
};

// In the order in which they run: memory right after the import, new events last.
constexpr Benchmark kBenchmarks[] = {
    {"append", "The log writer on LMDB, beside the disk's own flush", mt::bench::append},
    {"fold", "A million generated events into a table, in process", mt::bench::fold},
    {"import", "The world's cities as commands through the edge", mt::bench::import},
    {"memory", "Of the container after the import", mt::bench::memory},
    {"rebuild", "The table of places from the log, and verify", mt::bench::rebuild},
    {"start", "After kill -9, with the log of the import", mt::bench::start},
    {"queries", "At the edge, beside a bare gRPC echo server", mt::bench::queries},
};

struct Wishes {
  bool quick = false;
  bool json = false;
  bool serve_echo = false;
  std::filesystem::path data = mt::test::build_folder();
  std::vector<const Benchmark*> chosen;
};

int run(const Wishes& wishes, const std::filesystem::path& folder) {
  Report report(!wishes.json);
  try {
    World world({wishes.quick, folder});
    for (const Benchmark* benchmark : wishes.chosen) benchmark->run(world, report);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "mt_bench: %s\n", failure.what());
    return 1;
  }
  if (wishes.json) std::puts(report.as_json().c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Wishes wishes;
  CLI::App app("Measures this build: all benchmarks, or those that are named.", "mt_bench");
  app.add_flag("--quick", wishes.quick, "A short round of each, to see that it still works");
  app.add_flag("--json", wishes.json, "Figures as JSON, at the end");
  app.add_flag("--serve-echo", wishes.serve_echo)->group("");
  app.add_option("--data", wishes.data, "Folder on the disk to measure with")
      ->capture_default_str();
  for (const Benchmark& benchmark : kBenchmarks)
    app.add_subcommand(benchmark.name, benchmark.about)->fallthrough();
  CLI11_PARSE(app, argc, argv);
  if (wishes.serve_echo) return mt::bench::serve_echo();
  for (const Benchmark& benchmark : kBenchmarks)
    if (app.get_subcommands().empty() || app.got_subcommand(benchmark.name))
      wishes.chosen.push_back(&benchmark);
  return mt::bench::run_guarded(
      wishes.data, [&](const std::filesystem::path& folder) { return run(wishes, folder); });
}
