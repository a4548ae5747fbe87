#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <tuple>
#include <utility>

#include "events/archive/archive_parser.h"
#include "ops/backup/import.h"
#include "ops/backup/ndjson.h"
#include "ops/data/new_file.h"
#include "ops/data/stored_log.h"
#include "ops/mtctl/log_reports.h"
#include "ops/mtctl/node_logs.h"
#include "ops/mtctl/number_check.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/number_text.h"

namespace mt::mtctl {
namespace {

struct ExportWishes {
  std::string module;
  bool all = false;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::string format = "ndjson";
  std::string out;
};

// Passes on one log of several: the end of its archive is not the end of all.
class OneOfMany final : public LogReceiver {
 public:
  explicit OneOfMany(LogReceiver& to) : to_(to) {}
  Result<void> begin(const LogBegin& log) override { return to_.begin(log); }
  Result<void> take(const CommitRecord& record, std::string_view stored) override {
    return to_.take(record, stored);
  }
  Result<void> end(const LogEnd& log) override { return to_.end(log); }
  Result<void> finish() override { return {}; }

 private:
  LogReceiver& to_;
};

std::unique_ptr<LogReceiver> writer_of(const std::string& format, ByteSink sink) {
  if (format == "binary") return std::make_unique<ArchiveWriter>(std::move(sink));
  return std::make_unique<NdjsonWriter>(std::move(sink));
}

Result<std::vector<Anchor>> chosen_logs(const LogStore& store, const ExportWishes& wishes) {
  MT_TRY(std::vector<Anchor> ends, store.cut());
  if (wishes.all) return ends;
  std::string known;
  for (const Anchor& end : ends) {
    if (end.module.value == wishes.module) return std::vector<Anchor>{end};
    known += (known.empty() ? "" : ", ") + end.module.value;
  }
  return not_found("there is no log of a module '" + wishes.module + "'; there are: " + known);
}

Result<LogReports> export_logs(const LogStore& store, const ExportWishes& wishes,
                               LogReceiver& writer) {
  MT_TRY(const std::vector<Anchor> ends, chosen_logs(store, wishes));
  LogReports reports;
  ProgressBar bar;
  for (const Anchor& end : ends) {
    const Position to{wishes.to > 0 ? wishes.to : end.position.value};
    OneOfMany one(writer);
    const OnLogProgress progress = shown_on(bar);
    MeteredLogs meter(one, to, progress);
    ArchiveParser parser(meter);
    MT_CHECK_OK(store.read(end.module, {{wishes.from}, to},
                           [&parser](std::string_view bytes) { return parser.feed(bytes); }));
    MT_CHECK_OK(parser.finish());
    for (const ReadLog& log : meter.logs())
      reports.push_back(report_of({log.end, log.seconds}, log.begin.first));
  }
  MT_CHECK_OK(writer.finish());
  return reports;
}

Result<void> export_to_file(const LogStore& store, const ExportWishes& wishes, Output& output) {
  if (std::filesystem::exists(wishes.out))
    return already_exists(wishes.out + " exists; name a new file");
  MT_TRY(NewFile file, NewFile::make(wishes.out));
  const auto writer =
      writer_of(wishes.format, [&file](std::string_view bytes) { return file.write(bytes); });
  MT_TRY(const LogReports reports, export_logs(store, wishes, *writer));
  MT_CHECK_OK(file.complete());
  print_logs(output, reports);
  output.note("Written to " + wishes.out + ".");
  return {};
}

Result<void> export_logs(const LogStore& store, const ExportWishes& wishes, Output& output) {
  if (!wishes.out.empty()) return export_to_file(store, wishes, output);
  if (wishes.format == "binary" && output.on_terminal())
    return invalid_argument("an archive is not for a terminal; name a file with --out FILE");
  const auto writer =
      writer_of(wishes.format, [&output](std::string_view bytes) { return output.bytes(bytes); });
  MT_TRY(const LogReports reports, export_logs(store, wishes, *writer));
  return {};
}

void add_export(CLI::App& group, Verb& chosen, FileVerb& on_files) {
  const auto wishes = std::make_shared<ExportWishes>();
  CLI::App* command = group.add_subcommand("export", "Write logs to a file, or here");
  CLI::Option* module = command->add_option("MODULE", wishes->module);
  CLI::Option* all = command->add_flag("--all", wishes->all, "Every log")->excludes(module);
  for (const auto& [name, into, about] :
       {std::tuple{"--from", &wishes->from, "From the commit that holds this position"},
        std::tuple{"--to", &wishes->to, "Up to the last commit that ends at this position"}})
    command->add_option(name, *into, about)->check(above_zero())->excludes(all);
  command->add_option("--format", wishes->format, "ndjson or binary")
      ->check(CLI::IsMember({"ndjson", "binary"}).description(""));
  command->add_option("--out", wishes->out, "A new file");
  command->callback([&chosen, &on_files, wishes] {
    if (wishes->module.empty() && !wishes->all) throw CLI::RequiredError("MODULE or --all");
    if (wishes->to > 0 && wishes->to < wishes->from)
      throw CLI::ValidationError("--to", "is before --from");
    chosen = [wishes](Session& session) {
      return export_logs(logs_of_node(session), *wishes, session.output);
    };
    on_files = [wishes](FileSession& session) -> Result<void> {
      MT_TRY(const auto log, open_stored_log(session.target.data));
      return export_logs(store_of(*log), *wishes, session.output);
    };
  });
}

// Bytes on a bar.
OnBytes shown_bytes(ProgressBar& bar, const std::string& file) {
  const auto start = std::chrono::steady_clock::now();
  return [&bar, label = std::filesystem::path(file).filename().string(), start](
             std::uint64_t done, std::uint64_t total) {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    const double rate = static_cast<double>(done) / std::max(seconds.count(), 1e-6);
    bar.show({label, done, total, rate, static_cast<double>(total - done) / rate});
  };
}

Result<void> import(const std::string& file, const std::string& into, Output& output) {
  LogReports reports;
  {
    ProgressBar bar;
    MT_TRY(const auto logs, import_logs(file, into, shown_bytes(bar, file)));
    for (const RestoredLog& log : logs) reports.push_back(report_of(log, {1}));
  }
  print_logs(output, reports);
  output.note("Imported to " + into + "; start a container on it with --data.");
  return {};
}

void add_import(CLI::App& group, Verb& chosen, FileVerb& on_files) {
  const auto file = std::make_shared<std::string>();
  const auto into = std::make_shared<std::string>();
  CLI::App* command = group.add_subcommand("import", "Make a data folder of exported logs");
  command->add_option("FILE", *file, "Of events export")->required();
  command->add_option("--into", *into, "A new data folder")->required();
  command->callback([&chosen, &on_files, file, into] {
    chosen = [file, into](Session& session) { return import(*file, *into, session.output); };
    on_files = [file, into](FileSession& session) { return import(*file, *into, session.output); };
  });
}

}  // namespace

void add_export_verbs(CLI::App& app, Verb& chosen, FileVerb& on_files) {
  CLI::App& group = *app.get_subcommand("events");
  add_export(group, chosen, on_files);
  add_import(group, chosen, on_files);
}

}  // namespace mt::mtctl
