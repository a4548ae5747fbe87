#include <memory>
#include <optional>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

struct SetName {
  std::string module;
  std::string set;
};

Result<SetName> parse_set(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos || slash == 0 || slash + 1 == text.size())
    return invalid_argument("'" + text +
                            "' is no set: it is named MODULE/SET, see "
                            "mtctl bootstrap list");
  return SetName{text.substr(0, slash), text.substr(slash + 1)};
}

template <typename Request>
Request request_for(const SetName& name) {
  Request request;
  request.set_module(name.module);
  request.set_set(name.set);
  return request;
}

Result<core::ListSetsResponse> sets_of(Session& session) {
  return session.client.call<core::ListSetsResponse>("sys.core.v1.BootstrapService/ListSets",
                                                     core::ListSetsRequest(), session.options);
}

Result<void> list_sets(Session& session) {
  MT_TRY(const auto response, sets_of(session));
  if (!session.output.is_table()) {
    session.output.list(response, response.sets());
    return {};
  }
  session.output.table(set_table(response.sets()));
  if (const std::string trouble = trouble_text(response.sets()); !trouble.empty())
    session.output.note("\n" + trouble);
  return {};
}

Result<void> plan(Session& session, const std::string& text) {
  MT_TRY(const SetName name, parse_set(text));
  MT_TRY(const auto response, session.client.call<core::PlanSetResponse>(
                                  "sys.core.v1.BootstrapService/PlanSet",
                                  request_for<core::PlanSetRequest>(name), session.options));
  if (session.output.is_table())
    session.output.line(text + ": " + grouped(response.to_apply()) + " commands to apply, " +
                        grouped(response.already_applied()) + " already applied");
  else
    session.output.message(response);
  return {};
}

Result<core::ApplySetProgress> watch_apply(Session& session, const SetName& name) {
  std::optional<core::ApplySetProgress> last;
  ProgressBar bar;
  MT_CHECK_OK(session.client.watch<core::ApplySetProgress>(
      "sys.core.v1.BootstrapService/ApplySet", request_for<core::ApplySetRequest>(name),
      [&](const core::ApplySetProgress& report) {
        bar.show({name.module + "/" + name.set, report.sent(), report.total(),
                  report.commands_per_second(), report.seconds_left()});
        last = report;
        return true;
      },
      session.options));
  if (!last || !last->done()) return internal("the node did not say what became of the set");
  return *last;
}

// Commands that are refused leave those that were not: a set is no transaction.
Result<void> apply_set(Session& session, const std::string& text) {
  MT_TRY(const SetName name, parse_set(text));
  MT_TRY(const core::ApplySetProgress report, watch_apply(session, name));
  if (session.output.is_table())
    session.output.line(text + ": " + grouped(report.applied()) + " commands applied, " +
                        grouped(report.already_applied()) + " already applied, " +
                        grouped(report.refused()) + " refused, in " +
                        duration_text(report.seconds()));
  else
    session.output.element(report);
  if (report.refused() == 0) return {};
  return Error{Code::kUnknown, text + ": " + grouped(report.refused()) +
                                   " commands were refused, the first: " + report.first_refusal()};
}

// The node lists sets so that each comes after those it needs. What is wrong with one set keeps no
// other from being applied; of a broken one nobody knows whether it is for the demo.
Result<void> apply_all_demo(Session& session) {
  MT_TRY(const auto response, sets_of(session));
  Result<void> all;
  session.output.begin_array();
  for (const core::BootstrapSet& set : response.sets()) {
    if (!set.demo() && set.broken().empty()) continue;
    const auto one = apply_set(session, set.module() + "/" + set.name());
    if (!one)
      all = all ? one.error()
                : Error{all.error().code, all.error().message + "\n" + one.error().message};
    if (!one && one.error().code == Code::kUnavailable) break;
  }
  session.output.end_array();
  return all;
}

void add_apply(CLI::App& group, Verb& chosen) {
  const auto name = std::make_shared<std::string>();
  const auto all_demo = std::make_shared<bool>(false);
  CLI::App* command = group.add_subcommand("apply", "Send a set's commands; twice changes nothing");
  CLI::Option* set = command->add_option("MODULE/SET", *name);
  command->add_flag("--all-demo", *all_demo, "Every set marked as demo, in order")->excludes(set);
  command->callback([&chosen, name, all_demo] {
    if (name->empty() && !*all_demo) throw CLI::RequiredError("MODULE/SET or --all-demo");
    chosen = [name, all_demo](Session& session) {
      return *all_demo ? apply_all_demo(session) : apply_set(session, *name);
    };
  });
}

}  // namespace

void add_bootstrap_verbs(CLI::App& app, Verb& chosen) {
  CLI::App* group =
      app.add_subcommand("bootstrap", "Sets of commands that fill modules")->require_subcommand(1);
  group->add_subcommand("list", "All sets")->callback([&chosen] { chosen = list_sets; });

  const auto name = std::make_shared<std::string>();
  CLI::App* command = group->add_subcommand("plan", "What an apply would do");
  command->add_option("MODULE/SET", *name)->required();
  command->callback(
      [&chosen, name] { chosen = [name](Session& session) { return plan(session, *name); }; });
  add_apply(*group, chosen);
}

}  // namespace mt::mtctl
