#include <memory>
#include <vector>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/number_check.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"
#include "sys/core/v1/parked.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

constexpr char kService[] = "sys.core.v1.ParkedService/";

TextTable parked_table(const Repeated<core::ParkedStream>& streams) {
  TextTable table({{"TABLE"},
                   {"STREAM"},
                   {"POSITION", Align::kRight},
                   {"EVENT"},
                   {"WAITING", Align::kRight},
                   {"TRIED", Align::kRight},
                   {"WHY"}});
  for (const core::ParkedStream& one : streams)
    table.add({one.table(), printable(one.stream()), std::to_string(one.position()),
               printable(one.type()), grouped(one.waiting()), grouped(one.attempts()),
               printable(one.why())});
  return table;
}

Result<void> list(Session& session, const std::string& table) {
  core::ListParkedRequest request;
  request.set_table(table);
  MT_TRY(const auto response, session.client.call<core::ListParkedResponse>(
                                  std::string(kService) + "ListParked", request, session.options));
  if (!session.output.is_table()) {
    session.output.list(response, response.streams());
  } else if (response.streams().empty()) {
    session.output.line("nothing is parked");
  } else {
    session.output.table(parked_table(response.streams()));
  }
  return {};
}

void print(Output& output, const core::GetParkedResponse& shown) {
  const core::ParkedStream& parked = shown.parked();
  output.line("table     " + parked.table());
  output.line("stream    " + printable(parked.stream()));
  output.line("position  " + std::to_string(parked.position()) + " of " + parked.module());
  output.line("event     " + printable(parked.type()) + ", schema " +
              std::to_string(parked.schema()) + ", version " + std::to_string(parked.version()) +
              " of its stream, " + time_text(parked.time()));
  output.line("why       " + printable(parked.why()));
  output.line("tried     " + grouped(parked.attempts()) +
              (parked.attempts() == 1 ? " time" : " times"));
  output.line("waiting   " + grouped(parked.waiting()) +
              (parked.waiting() == 1 ? " event" : " events"));
  output.line("");
  output.line(event_line(shown.event()));
}

Result<void> show(Session& session, const core::GetParkedRequest& request) {
  MT_TRY(const auto shown, session.client.call<core::GetParkedResponse>(
                               std::string(kService) + "GetParked", request, session.options));
  if (session.output.is_table())
    print(session.output, shown);
  else
    session.output.message(shown);
  return {};
}

std::string outcome_text(const core::RetryParkedResponse& outcome, const std::string& done = "") {
  const core::ParkedStream& was = outcome.was();
  const std::string which = was.table() + " " + printable(was.stream()) + ": " + done;
  if (!outcome.failure().empty()) return which + "not tried, " + printable(outcome.failure());
  const std::string applied = grouped(outcome.applied()) + " applied";
  if (!outcome.has_again()) return which + applied + ", nothing waits any more";
  return which + applied + ", waits at position " + std::to_string(outcome.again().position()) +
         ": " + printable(outcome.again().why());
}

// Ok when nothing waits any more.
Result<void> verdict(const std::vector<core::RetryParkedResponse>& outcomes) {
  std::size_t left = 0;
  for (const auto& outcome : outcomes)
    if (outcome.has_again() || !outcome.failure().empty()) ++left;
  if (left == 0) return {};
  return Error{Code::kUnknown, grouped(left) + (left == 1 ? " stream is" : " streams are") +
                                   " still parked; mend the cause and retry, or see: mtctl parked "
                                   "drop --help"};
}

Result<void> retry(Session& session, const core::RetryParkedRequest& request) {
  std::vector<core::RetryParkedResponse> outcomes;
  if (!session.output.is_table()) session.output.begin_array();
  MT_CHECK_OK(session.client.watch<core::RetryParkedResponse>(
      std::string(kService) + "RetryParked", request,
      [&](const core::RetryParkedResponse& outcome) {
        outcomes.push_back(outcome);
        if (session.output.is_table())
          session.output.line(outcome_text(outcome));
        else
          session.output.element(outcome);
        return true;
      },
      session.options));
  if (!session.output.is_table())
    session.output.end_array();
  else if (outcomes.empty())
    session.output.line("nothing is parked");
  return verdict(outcomes);
}

Result<void> drop(Session& session, const core::DropParkedRequest& request) {
  MT_TRY(const auto outcome, session.client.call<core::RetryParkedResponse>(
                                 std::string(kService) + "DropParked", request, session.options));
  if (session.output.is_table())
    session.output.line(
        outcome_text(outcome, "position " + std::to_string(request.position()) + " dropped, "));
  else
    session.output.message(outcome);
  return verdict({outcome});
}

void add_list(CLI::App& group, Verb& chosen) {
  const auto table = std::make_shared<std::string>();
  CLI::App* command = group.add_subcommand("list", "What is parked, of a table or of all");
  command->add_option("TABLE", *table);
  command->callback(
      [&chosen, table] { chosen = [table](Session& session) { return list(session, *table); }; });
}

// TABLE and STREAM of a request.
template <typename Request>
void add_names(CLI::App& command, const std::shared_ptr<Request>& request, bool are_required) {
  command
      .add_option_function<std::string>(
          "TABLE", [request](const std::string& name) { request->set_table(name); })
      ->required(are_required);
  command
      .add_option_function<std::string>(
          "STREAM", [request](const std::string& name) { request->set_stream(name); },
          "As parked list shows it: category/id")
      ->required(are_required);
}

void add_show(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::GetParkedRequest>();
  CLI::App* command = group.add_subcommand("show", "One parked stream and the event it waits at");
  add_names(*command, request, true);
  command->callback([&chosen, request] {
    chosen = [request](Session& session) { return show(session, *request); };
  });
}

void add_retry(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::RetryParkedRequest>();
  const auto all = std::make_shared<bool>(false);
  CLI::App* command =
      group.add_subcommand("retry", "Apply what waits, of a stream, a table or all");
  add_names(*command, request, false);
  command->add_flag("--all", *all, "Of every table");
  command->callback([&chosen, request, all] {
    if (request->table().empty() != *all) throw CLI::RequiredError("TABLE or --all");
    chosen = [request](Session& session) { return retry(session, *request); };
  });
}

void add_drop(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::DropParkedRequest>();
  CLI::App* command = group.add_subcommand(
      "drop", "Leave the event out of this table for good, and apply those behind it");
  add_names(*command, request, true);
  command
      ->add_option_function<std::uint64_t>(
          "POSITION", [request](std::uint64_t at) { request->set_position(at); },
          "Of the event, as parked list shows it")
      ->required()
      ->check(above_zero());
  command
      ->add_option_function<std::string>(
          "--reason", [request](const std::string& why) { request->set_reason(why); },
          "Kept with the event")
      ->required();
  command->callback([&chosen, request] {
    chosen = [request](Session& session) { return drop(session, *request); };
  });
}

}  // namespace

void add_parked_verbs(CLI::App& app, Verb& chosen) {
  CLI::App* group =
      app.add_subcommand("parked", "Streams that a table leaves out, since an event failed")
          ->require_subcommand(1);
  add_list(*group, chosen);
  add_show(*group, chosen);
  add_retry(*group, chosen);
  add_drop(*group, chosen);
}

}  // namespace mt::mtctl
