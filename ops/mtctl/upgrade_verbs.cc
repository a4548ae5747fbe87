#include <charconv>
#include <memory>
#include <string>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/row_text.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"
#include "sys/core/v1/upgrades.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

constexpr const char* kService = "sys.core.v1.UpgradeService/";

std::string plan_text(const core::UpgradePlan& plan) {
  if (plan.from_version() == plan.to_version()) {
    return plan.table() + ": version " + std::to_string(plan.to_version()) +
           " serves, and is the newest that the program has";
  }
  return plan.table() + ": from version " + std::to_string(plan.from_version()) + " to " +
         std::to_string(plan.to_version()) + ", " + grouped(plan.events()) + " events, about " +
         duration_text(plan.seconds()) + " and " + bytes_text(plan.bytes()) + " of disk";
}

// "changed  4f2a  name "Berlin" → "Bern"".
std::string change_text(const core::ChangedRow& row) {
  const std::string key = printable(row.key()) + "  ";
  if (!row.has_before()) return "  added    " + key + row_text(row.after());
  if (!row.has_after()) return "  lost     " + key + row_text(row.before());
  std::string text;
  for (const FieldDifference& one : field_differences(row.before(), row.after())) {
    text += (text.empty() ? "" : "; ") + one.field + " " + one.before + " → " + one.after;
  }
  return "  changed  " + key + (text.empty() ? "in bytes that are not shown" : text);
}

void print_difference(Output& output, const core::VersionDifference& difference) {
  output.line("rows: " + grouped(difference.added()) + " added, " + grouped(difference.changed()) +
              " changed, " + grouped(difference.lost()) + " lost");
  for (const core::ChangedRow& row : difference.first()) output.line(change_text(row));
}

void print_outcome(Output& output, const core::UpgradeProgress& last) {
  const core::UpgradeOutcome& outcome = last.outcome();
  if (last.plan().from_version() == last.plan().to_version()) return;
  output.line("built and compared at position " + grouped(outcome.position()) + ": " +
              grouped(outcome.rows()) + " rows, in " + duration_text(outcome.build_seconds()));
  if (outcome.has_difference()) {
    print_difference(output, outcome.difference());
  } else {
    output.line("rows: all the same");
  }
  if (outcome.serves()) {
    output.line("version " + std::to_string(last.plan().to_version()) + " serves, cut over in " +
                milliseconds_text(outcome.cut_over_seconds() * 1e3) +
                "; back again: mtctl projection rollback " + last.plan().table());
  } else if (outcome.rehearsed() && outcome.refused().empty()) {
    output.line("rehearsed: it could serve; what was built is dropped");
  }
}

Result<core::UpgradeProgress> watch_upgrade(Session& session,
                                            const core::UpgradeProjectionRequest& request) {
  core::UpgradeProgress last;
  bool has_plan = false;
  ProgressBar bar;
  MT_CHECK_OK(session.client.watch<core::UpgradeProgress>(
      std::string(kService) + "UpgradeProjection", request,
      [&](const core::UpgradeProgress& report) {
        if (report.has_build()) bar.show(progress_of(report.build()));
        if (!report.has_plan()) return true;
        bar.clear();
        if (!has_plan && session.output.is_table()) session.output.line(plan_text(report.plan()));
        has_plan = true;
        last = report;
        return true;
      },
      session.options));
  return last;
}

Result<void> upgrade(Session& session, const core::UpgradeProjectionRequest& request) {
  MT_TRY(const core::UpgradeProgress last, watch_upgrade(session, request));
  if (!session.output.is_table()) {
    session.output.message(last);
  } else if (last.has_outcome()) {
    print_outcome(session.output, last);
  }
  if (last.outcome().refused().empty()) return {};
  return failed_precondition("version " + std::to_string(last.plan().to_version()) + " of " +
                             last.plan().table() + " may not serve: " + last.outcome().refused());
}

Result<void> rollback(Session& session, const std::string& table) {
  core::RollbackProjectionRequest request;
  request.set_table(table);
  MT_TRY(const auto response,
         session.client.call<core::RollbackProjectionResponse>(
             std::string(kService) + "RollbackProjection", request, session.options));
  if (!session.output.is_table()) {
    session.output.message(response);
    return {};
  }
  session.output.line(response.table() + ": version " + std::to_string(response.to_version()) +
                      " serves again, version " + std::to_string(response.from_version()) +
                      " is dropped; cut over in " + milliseconds_text(response.seconds() * 1e3));
  return {};
}

Result<void> purge(Session& session, const std::string& table, std::uint32_t version) {
  core::PurgeProjectionRequest request;
  request.set_table(table);
  request.set_version(version);
  MT_TRY(const auto response,
         session.client.call<core::PurgeProjectionResponse>(
             std::string(kService) + "PurgeProjection", request, session.options));
  if (session.output.is_table()) {
    session.output.line(table + "@" + std::to_string(version) + " is dropped");
  } else {
    session.output.message(response);
  }
  return {};
}

void add_upgrade(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::UpgradeProjectionRequest>();
  CLI::App* command =
      group.add_subcommand("upgrade", "Build the next version of a table, compare, let it serve");
  command
      ->add_option_function<std::string>(
          "TABLE", [request](const std::string& table) { request->set_table(table); })
      ->required();
  const auto flag = [&](const char* name, const char* about, auto set) {
    return command->add_flag_callback(
        name, [request, set] { (request.get()->*set)(true); }, about);
  };
  using Request = core::UpgradeProjectionRequest;
  CLI::Option* plan = flag("--plan", "Only say what it would take", &Request::set_only_plan);
  flag("--rehearse", "All but the last step; what was built is dropped", &Request::set_rehearse)
      ->excludes(plan);
  flag("--accept-differences", "Its rows may be others", &Request::set_accept_differences)
      ->excludes(plan);
  command->callback([&chosen, request] {
    chosen = [request](Session& session) { return upgrade(session, *request); };
  });
}

}  // namespace

void add_upgrade_verbs(CLI::App& group, Verb& chosen) {
  add_upgrade(group, chosen);
  const auto table = std::make_shared<std::string>();
  CLI::App* back = group.add_subcommand("rollback", "Let the version before serve again");
  back->add_option("TABLE", *table)->required();
  back->callback([&chosen, table] {
    chosen = [table](Session& session) { return rollback(session, *table); };
  });

  const auto version = std::make_shared<std::uint32_t>(0);
  CLI::App* drop = group.add_subcommand("purge", "Drop the rows of a retired version");
  drop->add_option("TABLE@VERSION", *table)->required();
  drop->callback([&chosen, table, version] {
    const std::size_t at = table->find('@');
    const char* const end = table->data() + table->size();
    const bool is_number = at != std::string::npos &&
                           std::from_chars(table->data() + at + 1, end, *version).ptr == end &&
                           *version > 0;
    if (!is_number) throw CLI::ValidationError(*table, "is not TABLE@VERSION");
    const std::string name = table->substr(0, at);
    chosen = [name, version](Session& session) { return purge(session, name, *version); };
  });
}

}  // namespace mt::mtctl
