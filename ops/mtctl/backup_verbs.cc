#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <filesystem>
#include <memory>
#include <vector>

#include "ops/backup/backup.h"
#include "ops/data/stored_log.h"
#include "ops/mtctl/log_reports.h"
#include "ops/mtctl/node_logs.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/number_text.h"

namespace mt::mtctl {
namespace {

struct Wishes {
  std::string folder;
  bool incremental = false;
  bool with_secrets = false;
};

TextTable step_table(const ops::v1::BackupStep& step) {
  TextTable table({{"MODULE"},
                   {"FROM", Align::kRight},
                   {"TO", Align::kRight},
                   {"COMMITS", Align::kRight},
                   {"BYTES", Align::kRight},
                   {"CHAIN"}});
  for (const auto& log : step.logs())
    table.add({log.module(), grouped(log.first()), grouped(log.last()), grouped(log.commits()),
               grouped(log.file().bytes()), log.hash().substr(0, 16)});
  return table;
}

Result<void> back_up_to(const LogStore& store, const BackupWishes& wishes,
                        const std::string& folder, Output& output) {
  ops::v1::BackupStep step;
  {
    ProgressBar bar;
    MT_TRY(step, back_up(store, folder, wishes, SystemClock().now(), shown_on(bar)));
  }
  if (!output.is_table()) {
    output.message(step);
    return {};
  }
  if (step.logs_size() > 0) output.table(step_table(step));
  if (step.logs_size() == 0) output.note("Nothing has happened since the last time.");
  if (step.secrets_size() > 0)
    output.note("Holds " + std::to_string(step.secrets_size()) +
                " secrets, and the keys of personal data: keep it as you keep the data folder.");
  return {};
}

Result<void> back_up_folder(FileSession& session, const Wishes& wishes) {
  MT_TRY(const auto log, open_stored_log(session.target.data));
  BackupWishes asked{wishes.incremental, std::nullopt};
  if (wishes.with_secrets) asked.secrets_of = session.target.data;
  return back_up_to(store_of(*log), asked, wishes.folder, session.output);
}

Result<void> back_up_node(Session& session, const Wishes& wishes) {
  if (wishes.with_secrets)
    return invalid_argument(
        "a node gives nobody its secrets and keys; copy them on its machine, with "
        "--data DIR --with-secrets");
  return back_up_to(logs_of_node(session), {wishes.incremental, std::nullopt}, wishes.folder,
                    session.output);
}

LogReports reports_of(const std::vector<RestoredLog>& logs) {
  LogReports reports;
  for (const RestoredLog& log : logs) reports.push_back(report_of(log, {1}));
  return reports;
}

Result<void> verify(const std::string& folder, Output& output) {
  std::vector<RestoredLog> logs;
  {
    ProgressBar bar;
    MT_TRY(logs, verify_backup(folder, shown_on(bar)));
  }
  print_logs(output, reports_of(logs));
  output.note("The backup in " + folder + " is sound.");
  return {};
}

Result<void> restore(const std::string& folder, const std::string& into, const ImportLimits& limits,
                     Output& output) {
  std::vector<RestoredLog> logs;
  {
    ProgressBar bar;
    MT_TRY(logs, restore_backup(folder, into, limits, shown_on(bar)));
  }
  print_logs(output, reports_of(logs));
  output.note("Restored to " + into + "; start a container on it with --data.");
  return {};
}

// "sys_accounts=17".
void add_limit(const std::string& text, ImportLimits& limits) {
  const std::size_t mark = text.find('=');
  std::uint64_t position = 0;
  const char* const end = text.data() + text.size();
  const bool has_both = mark != std::string::npos && mark > 0;
  if (has_both) {
    const auto [stop, failure] = std::from_chars(text.data() + mark + 1, end, position);
    if (failure == std::errc() && stop == end) {
      limits.up_to[{text.substr(0, mark)}] = {position};
      return;
    }
  }
  throw CLI::ValidationError("--to-position", "'" + text + "' is no MODULE=POSITION");
}

Time time_of(const std::string& text) {
  google::protobuf::Timestamp time;
  if (!google::protobuf::util::TimeUtil::FromString(text, &time))
    throw CLI::ValidationError(
        "--to-time", "'" + text + "' is no time as in RFC 3339, such as 2026-01-31T09:30:00Z");
  return Time(
      std::chrono::nanoseconds(google::protobuf::util::TimeUtil::TimestampToNanoseconds(time)));
}

void add_backup(CLI::App& app, Verb& chosen, FileVerb& on_files) {
  const auto wishes = std::make_shared<Wishes>();
  CLI::App* command = app.add_subcommand("backup", "Copy the logs, while the container runs");
  command->add_option("DIR", wishes->folder, "The backup's folder");
  command->add_flag("--incremental", wishes->incremental, "Add what is new to the backup there");
  command->add_flag("--with-secrets", wishes->with_secrets,
                    "And the secrets, and the keys of personal data");
  const auto checked = std::make_shared<std::string>();
  CLI::App* check = command->add_subcommand("verify", "Check a backup from end to end");
  check->add_option("DIR", *checked, "The backup's folder")->required();
  command->callback([&chosen, &on_files, wishes, checked, check] {
    if (check->parsed()) {
      chosen = [checked](Session& session) { return verify(*checked, session.output); };
      on_files = [checked](FileSession& session) { return verify(*checked, session.output); };
      return;
    }
    if (wishes->folder.empty())
      throw CLI::ValidationError("backup", "name the backup's folder: mtctl backup DIR");
    chosen = [wishes](Session& session) { return back_up_node(session, *wishes); };
    on_files = [wishes](FileSession& session) { return back_up_folder(session, *wishes); };
  });
}

struct RestoreWishes {
  std::string folder;
  std::string into;
  std::vector<std::string> positions;
  std::string time;
};

void add_restore(CLI::App& app, Verb& chosen, FileVerb& on_files) {
  const auto wishes = std::make_shared<RestoreWishes>();
  CLI::App* command = app.add_subcommand("restore", "Make a data folder of a backup");
  command->add_option("BACKUP", wishes->folder, "The backup's folder")->required();
  command->add_option("--into", wishes->into, "A new data folder")->required();
  CLI::Option* positions = command->add_option("--to-position", wishes->positions,
                                               "MODULE=POSITION: up to there; once a module");
  command->add_option("--to-time", wishes->time, "Of each module what was not later than that")
      ->excludes(positions);
  command->callback([&chosen, &on_files, wishes] {
    ImportLimits limits;
    for (const std::string& position : wishes->positions) add_limit(position, limits);
    if (!wishes->time.empty()) limits.until = time_of(wishes->time);
    chosen = [wishes, limits](Session& session) {
      return restore(wishes->folder, wishes->into, limits, session.output);
    };
    on_files = [wishes, limits](FileSession& session) {
      return restore(wishes->folder, wishes->into, limits, session.output);
    };
  });
}

}  // namespace

void add_backup_verbs(CLI::App& app, Verb& chosen, FileVerb& on_files) {
  add_backup(app, chosen, on_files);
  add_restore(app, chosen, on_files);
}

}  // namespace mt::mtctl
