#include <memory>
#include <set>
#include <vector>

#include "ops/mtctl/anchor_file.h"
#include "ops/mtctl/core_text.h"
#include "ops/mtctl/log_source.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/number_text.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

using Reports = std::vector<core::LogReport>;

TextTable verdicts(const Reports& reports) {
  TextTable table({{"MODULE"},
                   {"VERDICT"},
                   {"EVENTS", Align::kRight},
                   {"COMMITS", Align::kRight},
                   {"EVENTS/S", Align::kRight},
                   {"CHAIN"}});
  for (const core::LogReport& report : reports)
    table.add({report.module(), report.fault().empty() ? "sound" : "not sound",
               grouped(report.position()), grouped(report.commits()),
               grouped(static_cast<std::uint64_t>(report.events_per_second())),
               report.hash().substr(0, 16)});
  return table;
}

void print(Output& output, const Reports& reports) {
  if (output.is_table()) return output.table(verdicts(reports));
  output.begin_array();
  for (const core::LogReport& report : reports) output.element(report);
  output.end_array();
}

// A line for each log that is not sound.
std::string complaints(const Reports& reports) {
  std::string lines;
  for (const core::LogReport& report : reports)
    if (!report.fault().empty())
      lines += (lines.empty() ? "" : "\n") + report.module() + ": " + report.fault();
  return lines;
}

Result<void> verify(const LogSource& logs, const core::VerifyLogsRequest& request, Output& output) {
  Reports reports;
  {
    ProgressBar bar;
    MT_CHECK_OK(logs.verify(request, [&](const core::LogReport& report) {
      bar.show({report.module(), report.position(), report.head(), report.events_per_second(),
                report.seconds_left()});
      if (report.done()) reports.push_back(report);
    }));
  }
  print(output, reports);
  const std::string wrong = complaints(reports);
  if (wrong.empty()) return {};
  return Error{Code::kDataLoss, wrong};
}

// The logs that anchors name, checked up to their ends.
Result<void> prove(const LogSource& logs, const std::string& file, Output& output) {
  core::VerifyLogsRequest request;
  MT_TRY(*request.mutable_anchors(), read_anchors(file));
  std::set<std::string> modules;
  for (const core::Anchor& anchor : request.anchors()) modules.insert(anchor.module());
  for (const std::string& module : modules) request.add_modules(module);
  MT_CHECK_OK(verify(logs, request, output));
  output.note("The logs hold what they held at " + std::to_string(request.anchors_size()) +
              (request.anchors_size() == 1 ? " anchor." : " anchors."));
  return {};
}

TextTable anchor_table(const Anchors& anchors) {
  TextTable table({{"MODULE"}, {"POSITION", Align::kRight}, {"CHAIN"}});
  for (const core::Anchor& anchor : anchors)
    table.add({anchor.module(), grouped(anchor.position()), anchor.hash()});
  return table;
}

Result<void> anchor(const LogSource& logs, const core::GetAnchorsRequest& request,
                    const std::string& file, Output& output) {
  MT_TRY(const auto response, logs.anchors(request));
  if (!file.empty()) {
    MT_CHECK_OK(write_anchors(file, response.anchors()));
    output.note("Written to " + file + "; keep it where nobody who can change the log can.");
  } else if (output.is_table()) {
    output.table(anchor_table(response.anchors()));
  } else {
    output.list(response, response.anchors());
  }
  return {};
}

// What a verb does with logs, wherever they are.
using LogVerb = std::function<Result<void>(const LogSource&, Output&)>;

struct Chosen {
  Verb& verb;
  FileVerb& on_files;

  void set(const LogVerb& chosen) const {
    verb = [chosen](Session& session) { return chosen(logs_at(session), session.output); };
    on_files = [chosen](FileSession& session) {
      return chosen(logs_in(session.target.data), session.output);
    };
  }
};

void add_verify(CLI::App& group, Chosen chosen) {
  const auto modules = std::make_shared<std::vector<std::string>>();
  CLI::App* command = group.add_subcommand("verify", "Check every record of the logs");
  command->add_option("MODULE", *modules, "All, unless some are named");
  command->callback([chosen, modules] {
    core::VerifyLogsRequest request;
    for (const std::string& module : *modules) request.add_modules(module);
    chosen.set(
        [request](const LogSource& logs, Output& output) { return verify(logs, request, output); });
  });
}

void add_anchor(CLI::App& group, Chosen chosen) {
  const auto modules = std::make_shared<std::vector<std::string>>();
  const auto file = std::make_shared<std::string>();
  CLI::App* command =
      group.add_subcommand("anchor", "Where the logs end, to prove later what they held");
  command->add_option("MODULE", *modules, "All, unless some are named");
  command->add_option("--out", *file, "A new file for events prove");
  command->callback([chosen, modules, file] {
    core::GetAnchorsRequest request;
    for (const std::string& module : *modules) request.add_modules(module);
    chosen.set([request, file](const LogSource& logs, Output& output) {
      return anchor(logs, request, *file, output);
    });
  });
}

void add_prove(CLI::App& group, Chosen chosen) {
  const auto file = std::make_shared<std::string>();
  CLI::App* command =
      group.add_subcommand("prove", "Check that the logs hold what they held at anchors");
  command->add_option("FILE", *file, "Of events anchor --out")->required();
  command->callback([chosen, file] {
    chosen.set(
        [file](const LogSource& logs, Output& output) { return prove(logs, *file, output); });
  });
}

}  // namespace

void add_integrity_verbs(CLI::App& app, Verb& chosen, FileVerb& on_files) {
  CLI::App& group = *app.get_subcommand("events");
  add_verify(group, {chosen, on_files});
  add_anchor(group, {chosen, on_files});
  add_prove(group, {chosen, on_files});
}

}  // namespace mt::mtctl
