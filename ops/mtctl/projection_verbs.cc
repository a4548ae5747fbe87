#include <algorithm>
#include <memory>
#include <string>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/row_text.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

using Reports = std::vector<core::ProjectionProgress>;

using Tables = google::protobuf::RepeatedPtrField<core::TableStatus>;

TextTable version_table(const Tables& tables) {
  TextTable table({{"TABLE"},
                   {"VERSION", Align::kRight},
                   {"STATE"},
                   {"ROWS", Align::kRight},
                   {"KB", Align::kRight},
                   {"CHECKPOINT", Align::kRight},
                   {"LAG", Align::kRight},
                   {"PARKED", Align::kRight}});
  for (const core::TableStatus& row : tables)
    table.add({row.name(), std::to_string(row.version()), row.state(), grouped(row.rows()),
               grouped(row.bytes() / 1000), grouped(row.checkpoint()), grouped(row.lag()),
               grouped(row.parked())});
  return table;
}

std::string upgrades_text(const Tables& tables) {
  std::string text;
  for (const core::TableStatus& table : tables)
    if (table.newest_version() > table.version())
      text += table.name() + ": the program has version " + std::to_string(table.newest_version()) +
              "; build it and let it serve: mtctl projection upgrade " + table.name() + "\n";
  return text;
}

// Whether it is newer than the one that serves, and has therefore not come to serve.
bool is_ahead(const core::TableStatus& table, const Tables& tables) {
  return std::ranges::any_of(tables, [&](const core::TableStatus& each) {
    return each.name() == table.name() && each.newest_version() != 0 &&
           each.version() < table.version();
  });
}

std::string failures_text(const Tables& tables) {
  std::string text;
  for (const core::TableStatus& table : tables) {
    if (table.failure().empty()) continue;
    const char* verb = is_ahead(table, tables) ? "upgrade " : "rebuild ";
    text += table.name() + "@" + std::to_string(table.version()) + " is " + table.state() + ": " +
            printable(table.failure()) + "\n  mend the cause, then: mtctl projection " + verb +
            table.name() + "\n";
  }
  return text;
}

Result<void> list_tables(Session& session) {
  MT_TRY(const auto response, session.client.call<core::ListProjectionsResponse>(
                                  "sys.core.v1.ProjectionService/ListProjections",
                                  core::ListProjectionsRequest(), session.options));
  if (!session.output.is_table()) {
    session.output.list(response, response.tables());
    return {};
  }
  session.output.table(version_table(response.tables()));
  const std::string trouble = upgrades_text(response.tables()) + failures_text(response.tables());
  if (!trouble.empty()) session.output.note("\n" + trouble);
  return {};
}

// Shows how far it is, and keeps the last report of each table.
Result<Reports> watch_fold(Session& session, const std::string& method,
                           const google::protobuf::Message& request) {
  Reports reports;
  ProgressBar bar;
  MT_CHECK_OK(session.client.watch<core::ProjectionProgress>(
      "sys.core.v1.ProjectionService/" + method, request,
      [&](const core::ProjectionProgress& report) {
        bar.show(progress_of(report));
        if (report.done()) reports.push_back(report);
        return true;
      },
      session.options));
  return reports;
}

void print_json(Output& output, const Reports& reports) {
  output.begin_array();
  for (const core::ProjectionProgress& report : reports) output.element(report);
  output.end_array();
}

Result<void> rebuild(Session& session, const std::string& name) {
  core::RebuildProjectionRequest request;
  request.set_table(name);
  MT_TRY(const Reports reports, watch_fold(session, "RebuildProjection", request));
  if (reports.empty()) return internal("the node did not say what became of " + name);
  const core::ProjectionProgress& report = reports.back();
  if (session.output.is_table())
    session.output.line(report.table() + ": rebuilt from " + grouped(report.position()) +
                        " events, " + grouped(report.rows()) + " rows, in " +
                        duration_text(report.seconds()));
  else
    session.output.message(report);
  return {};
}

std::string verdict(const core::ProjectionProgress& report) {
  if (!report.failure().empty()) return "failed";
  return report.equal() ? "equal" : "not equal";
}

TextTable verdicts(const Reports& reports) {
  TextTable table({{"TABLE"},
                   {"VERDICT"},
                   {"EVENTS", Align::kRight},
                   {"ROWS", Align::kRight},
                   {"TIME", Align::kRight},
                   {"HASH"}});
  for (const core::ProjectionProgress& report : reports)
    table.add({report.table(), verdict(report), grouped(report.position()), grouped(report.rows()),
               duration_text(report.seconds()), report.table_hash().substr(0, 16)});
  return table;
}

// The fields of a row that are not the same: `name "Berlin" in the table, "Bern" by the log`.
std::string changes_text(const google::protobuf::Struct& table,
                         const google::protobuf::Struct& log) {
  std::string text;
  for (const FieldDifference& one : field_differences(table, log)) {
    text += (text.empty() ? "" : "; ") + one.field + " " + one.before + " in the table, " +
            one.after + " by the log";
  }
  return text.empty() ? "in bytes that are not shown" : text;
}

// "missing  4f2a  {…}", one of a table's differences.
std::string difference_text(const core::RowDifference& one) {
  const std::string what = one.index().empty() ? "row " : "entry of " + one.index() + " ";
  const std::string which = what + printable(one.key());
  if (!one.has_in_table()) return "  missing    " + which + "  " + row_text(one.in_log());
  if (!one.has_in_log()) return "  surplus    " + which + "  " + row_text(one.in_table());
  return "  different  " + which + "  " + changes_text(one.in_table(), one.in_log());
}

void print_differences(Output& output, const Reports& reports) {
  for (const core::ProjectionProgress& report : reports) {
    if (!report.has_difference()) continue;
    const core::TableDifference& difference = report.difference();
    output.line("");
    output.line(report.table() + ": " + grouped(difference.missing()) + " missing, " +
                grouped(difference.surplus()) + " surplus, " + grouped(difference.different()) +
                " different");
    for (const core::RowDifference& one : difference.first()) output.line(difference_text(one));
  }
}

// What is wrong, a line each; empty when all tables are equal.
std::string complaints(const Reports& reports) {
  std::string differing;
  std::string failed;
  for (const core::ProjectionProgress& report : reports) {
    if (!report.failure().empty())
      failed += "\n" + report.table() + " could not be compared: " + report.failure();
    else if (!report.equal())
      differing += (differing.empty() ? "" : ", ") + report.table();
  }
  if (!differing.empty())
    differing = "\nnot what the log says: " + differing +
                "; make it so with: mtctl projection rebuild TABLE";
  return (differing + failed).substr(differing.empty() && failed.empty() ? 0 : 1);
}

Result<void> verify(Session& session, const std::string& name) {
  core::VerifyProjectionsRequest request;
  request.set_table(name);
  MT_TRY(const Reports reports, watch_fold(session, "VerifyProjections", request));
  if (session.output.is_table()) {
    session.output.table(verdicts(reports));
    print_differences(session.output, reports);
  } else {
    print_json(session.output, reports);
  }
  const std::string wrong = complaints(reports);
  if (wrong.empty()) return {};
  return Error{Code::kUnknown, wrong};
}

void add_verify(CLI::App& group, Verb& chosen) {
  const auto name = std::make_shared<std::string>();
  const auto all = std::make_shared<bool>(false);
  CLI::App* command = group.add_subcommand("verify", "Compare a table, or all, with the log");
  CLI::Option* table = command->add_option("TABLE", *name);
  command->add_flag("--all", *all, "Every table")->excludes(table);
  command->callback([&chosen, name, all] {
    if (name->empty() && !*all) throw CLI::RequiredError("TABLE or --all");
    chosen = [name](Session& session) { return verify(session, *name); };
  });
}

}  // namespace

void add_projection_verbs(CLI::App& app, Verb& chosen) {
  CLI::App* group =
      app.add_subcommand("projection", "Tables, folded from the log")->require_subcommand(1);
  group->add_subcommand("list", "All tables")->callback([&chosen] { chosen = list_tables; });

  const auto name = std::make_shared<std::string>();
  CLI::App* command = group->add_subcommand("rebuild", "Fold the log into a table again");
  command->add_option("TABLE", *name)->required();
  command->callback(
      [&chosen, name] { chosen = [name](Session& session) { return rebuild(session, *name); }; });
  add_verify(*group, chosen);
  add_upgrade_verbs(*group, chosen);
}

}  // namespace mt::mtctl
