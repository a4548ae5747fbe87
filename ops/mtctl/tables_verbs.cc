#include <optional>
#include <string>

#include "ops/mtctl/verbs.h"
#include "ops/terminal/number_text.h"
#include "ops/terminal/progress_bar.h"
#include "sys/core/v1/tables.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

Result<core::CompactTablesProgress> watch_compact(Session& session) {
  std::optional<core::CompactTablesProgress> last;
  ProgressBar bar;
  MT_CHECK_OK(session.client.watch<core::CompactTablesProgress>(
      "sys.core.v1.TablesService/CompactTables", core::CompactTablesRequest(),
      [&](const core::CompactTablesProgress& report) {
        bar.show({"tables", report.entries(), report.all_entries(), report.entries_per_second(),
                  report.seconds_left()});
        last = report;
        return true;
      },
      session.options));
  if (!last || !last->done()) return internal("the node did not say what came of it");
  return *last;
}

Result<void> compact(Session& session) {
  MT_TRY(const core::CompactTablesProgress done, watch_compact(session));
  Output& output = session.output;
  if (!output.is_table()) {
    output.message(done);
    return {};
  }
  output.line("before   " + bytes_text(done.bytes_before()));
  output.line("after    " + bytes_text(done.bytes_after()));
  output.line("copied   " + grouped(done.entries()) + " entries in " +
              duration_text(done.seconds()) + ", and " + grouped(done.changes()) +
              " changes that came meanwhile");
  output.line("blocked  writes for " + milliseconds_text(done.writes_blocked_ms()) + ", no query");
  return {};
}

}  // namespace

void add_tables_verbs(CLI::App& app, Verb& chosen) {
  CLI::App* group =
      app.add_subcommand("tables", "The file that all tables lie in")->require_subcommand(1);
  group->add_subcommand("compact", "Make the file as small as what it holds, while the node serves")
      ->callback([&chosen] { chosen = compact; });
}

}  // namespace mt::mtctl
