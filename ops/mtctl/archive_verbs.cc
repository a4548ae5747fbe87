#include <google/protobuf/util/time_util.h>

#include <charconv>
#include <memory>
#include <optional>
#include <string>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/log_source.h"
#include "ops/mtctl/number_check.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/number_text.h"
#include "ops/terminal/progress_bar.h"
#include "sys/core/v1/archive.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

TextTable files_table(const Repeated<core::SealedFile>& files) {
  TextTable table({{"MODULE"},
                   {"FIRST", Align::kRight},
                   {"LAST", Align::kRight},
                   {"FROM"},
                   {"TO"},
                   {"SIZE", Align::kRight},
                   {"FILE"},
                   {"BLAKE2B"}});
  for (const core::SealedFile& file : files)
    table.add({file.module(), grouped(file.first()), grouped(file.last()), time_text(file.begins()),
               time_text(file.ends()), bytes_text(file.bytes()),
               file.fault().empty() ? "sealed" : "NOT SOUND", file.blake2b().substr(0, 16)});
  return table;
}

Result<core::ArchiveEventsProgress> watch_archive(Session& session,
                                                  const core::ArchiveEventsRequest& request) {
  std::optional<core::ArchiveEventsProgress> last;
  ProgressBar bar;
  MT_CHECK_OK(session.client.watch<core::ArchiveEventsProgress>(
      "sys.core.v1.ArchiveService/ArchiveEvents", request,
      [&](const core::ArchiveEventsProgress& report) {
        bar.show({report.doing(), report.position(), report.head(), report.events_per_second(),
                  report.seconds_left()});
        last = report;
        return true;
      },
      session.options));
  if (!last || !last->done()) return internal("the node did not say what came of it");
  return *last;
}

std::string events_text(std::uint64_t count) {
  return grouped(count) + (count == 1 ? " event" : " events");
}

void print_plan(Output& output, const core::ArchiveEventsProgress& plan) {
  output.line("archived  " + (plan.archived() == 0 ? std::string("nothing yet")
                                                   : "up to position " + grouped(plan.archived())));
  output.line("would be  " + (plan.events() == 0
                                  ? std::string("nothing more")
                                  : "positions " + grouped(plan.archived() + 1) + " to " +
                                        grouped(plan.last()) + ", " + events_text(plan.events())));
  if (plan.unfinished() > 0)
    output.line("besides   " + events_text(plan.unfinished()) +
                " that are sealed and still in the environment would be removed there");
}

void print_done(Output& output, const core::ArchiveEventsProgress& done) {
  if (done.made().empty() && done.removed() == 0) {
    output.note("nothing is to be archived: " + done.module() +
                "'s files hold its log up to "
                "position " +
                grouped(done.archived()));
    return;
  }
  if (!done.made().empty()) output.table(files_table(done.made()));
  output.note(grouped(done.removed()) + " commits were removed from the environment in " +
              duration_text(done.seconds()) +
              ". Its file keeps its size, and new events use what is free in it.");
}

Result<void> archive(Session& session, const core::ArchiveEventsRequest& request) {
  MT_TRY(const core::ArchiveEventsProgress done, watch_archive(session, request));
  if (!session.output.is_table()) {
    session.output.message(done);
  } else if (request.plan_only()) {
    print_plan(session.output, done);
  } else {
    print_done(session.output, done);
  }
  return {};
}

// A position, or a time.
void set_before(const std::string& text, core::ArchiveEventsRequest& request) {
  std::uint64_t position = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, position);
  if (failure == std::errc() && stop == end && position > 0) {
    request.set_before_position(position);
  } else if (!google::protobuf::util::TimeUtil::FromString(text, request.mutable_older_than())) {
    throw CLI::ValidationError("--before", "'" + text +
                                               "' is neither a position nor a time as in RFC 3339, "
                                               "such as 2026-01-31T09:30:00Z");
  }
}

void add_archive(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::ArchiveEventsRequest>();
  CLI::App* command =
      group.add_subcommand("archive", "Move the beginning of a log into sealed files");
  command
      ->add_option_function<std::string>(
          "MODULE", [request](const std::string& name) { request->set_module(name); })
      ->required();
  const auto before = std::make_shared<std::string>();
  command->add_option("--before", *before, "What came before this POSITION or TIME");
  command
      ->add_option_function<std::uint64_t>(
          "--keep", [request](const std::uint64_t& events) { request->set_keep(events); },
          "So many of the last events stay")
      ->check(above_zero());
  command->add_flag_callback(
      "--dry-run", [request] { request->set_plan_only(true); }, "Say what would be done");
  command->callback([&chosen, request, before] {
    if (!before->empty()) set_before(*before, *request);
    if (before->empty() && request->keep() == 0)
      throw CLI::ValidationError("archive", "say what is to be archived: --before or --keep");
    chosen = [request](Session& session) { return archive(session, *request); };
  });
}

Result<void> list(const LogSource& logs, const core::ListArchivesRequest& request, Output& output) {
  MT_TRY(const auto response, logs.archives(request));
  if (!output.is_table()) {
    output.list(response, response.files());
  } else if (response.files().empty()) {
    output.note("nothing is archived");
  } else {
    output.table(files_table(response.files()));
  }
  std::string faults;
  for (const core::SealedFile& file : response.files())
    if (!file.fault().empty()) faults += (faults.empty() ? "" : "\n") + file.fault();
  if (faults.empty()) return {};
  return Error{Code::kDataLoss, faults};
}

void add_archives(CLI::App& group, Verb& chosen, FileVerb& on_files) {
  const auto request = std::make_shared<core::ListArchivesRequest>();
  const auto modules = std::make_shared<std::vector<std::string>>();
  CLI::App* command = group.add_subcommand("archives", "The sealed files of the logs");
  command->add_option("MODULE", *modules, "All, unless some are named");
  command->add_flag_callback(
      "--check", [request] { request->set_check(true); }, "Read all their bytes");
  command->callback([&chosen, &on_files, request, modules] {
    for (const std::string& module : *modules) request->add_modules(module);
    chosen = [request](Session& session) {
      return list(logs_at(session), *request, session.output);
    };
    on_files = [request](FileSession& session) {
      return list(logs_in(session.target.data), *request, session.output);
    };
  });
}

}  // namespace

void add_archive_verbs(CLI::App& app, Verb& chosen, FileVerb& on_files) {
  CLI::App& group = *app.get_subcommand("events");
  add_archive(group, chosen);
  add_archives(group, chosen, on_files);
}

}  // namespace mt::mtctl
