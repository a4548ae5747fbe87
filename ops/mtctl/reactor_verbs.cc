#include <memory>
#include <string>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/number_check.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"
#include "sys/core/v1/reactors.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

template <typename Response, typename Request>
Result<Response> call(Session& session, const std::string& method, const Request& request) {
  return session.client.call<Response>("sys.core.v1.ReactorService/" + method, request,
                                       session.options);
}

std::string name_of(const core::Reactor& reactor) {
  return reactor.module() + "/" + reactor.name();
}

TextTable reactor_table(const Repeated<core::Reactor>& reactors) {
  TextTable table({{"REACTOR"},
                   {"READS"},
                   {"STATE"},
                   {"POSITION", Align::kRight},
                   {"LAG", Align::kRight},
                   {"PARKED", Align::kRight},
                   {"EVENTS", Align::kRight},
                   {"COMMANDS", Align::kRight},
                   {"RETRIES", Align::kRight}});
  for (const core::Reactor& one : reactors)
    table.add({name_of(one), one.source(), one.state(), grouped(one.checkpoint()),
               grouped(one.lag()), grouped(one.parked()), grouped(one.events()),
               grouped(one.commands()), grouped(one.retries())});
  return table;
}

Result<void> list(Session& session) {
  MT_TRY(const auto response,
         call<core::ListReactorsResponse>(session, "ListReactors", core::ListReactorsRequest()));
  if (!session.output.is_table()) {
    session.output.list(response, response.reactors());
    return {};
  }
  if (response.reactors().empty()) {
    session.output.line("this node has no reactors");
    return {};
  }
  session.output.table(reactor_table(response.reactors()));
  for (const core::Reactor& one : response.reactors()) {
    if (!one.reason().empty())
      session.output.note("\n" + name_of(one) + " is " + one.state() + ": " +
                          printable(one.reason()));
  }
  return {};
}

TextTable stream_table(const Repeated<core::ReactorStream>& streams) {
  TextTable table({{"STREAM"},
                   {"STATE"},
                   {"POSITION", Align::kRight},
                   {"EVENT"},
                   {"SINCE"},
                   {"TRIED", Align::kRight},
                   {"WHY"}});
  for (const core::ReactorStream& one : streams)
    table.add({printable(one.stream()), one.parked() ? "parked" : "catching up",
               std::to_string(one.position()), printable(one.type()), time_text(one.since()),
               grouped(one.attempts()), printable(one.why())});
  return table;
}

void print(Output& output, const core::GetReactorResponse& shown) {
  const core::Reactor& one = shown.reactor();
  output.line("reads     " + one.source() + ", up to position " + grouped(one.checkpoint()) +
              " of " + grouped(one.head()) + ", lag " + grouped(one.lag()));
  output.line("state     " + one.state() +
              (one.reason().empty() ? "" : ": " + printable(one.reason())));
  output.line("at work   " + grouped(one.at_work()) + " events, " + grouped(one.in_flight()) +
              " commands in flight, " + grouped(one.waiting()) + " wait for their next attempt");
  output.line("answered  " + grouped(one.events()) + " events by " + grouped(one.commands()) +
              " commands, " + grouped(one.repeats()) + " of them repeats, " +
              grouped(one.retries()) + " retries");
  if (shown.streams().empty()) return;
  output.line("");
  output.table(stream_table(shown.streams()));
}

Result<void> show(Session& session, const core::GetReactorRequest& request) {
  MT_TRY(const auto shown, call<core::GetReactorResponse>(session, "GetReactor", request));
  if (session.output.is_table())
    print(session.output, shown);
  else
    session.output.message(shown);
  return {};
}

// What was done is said in a line.
template <typename Response, typename Request>
Result<void> ask(Session& session, const std::string& method, const Request& request,
                 const std::string& done) {
  MT_TRY(const auto response, call<Response>(session, method, request));
  if (session.output.is_table())
    session.output.line(request.module() + "/" + request.name() + ": " + done);
  else
    session.output.message(response);
  return {};
}

// MODULE/REACTOR of a request.
template <typename Request>
void add_name(CLI::App& command, const std::shared_ptr<Request>& request) {
  command
      .add_option_function<std::string>(
          "MODULE/REACTOR",
          [request](const std::string& name) {
            const std::size_t slash = name.find('/');
            if (slash == std::string::npos || slash == 0 || slash + 1 == name.size())
              throw CLI::ValidationError("MODULE/REACTOR",
                                         "'" + name +
                                             "' is no reactor: it is named as reactor "
                                             "list shows it, MODULE/REACTOR");
            request->set_module(name.substr(0, slash));
            request->set_name(name.substr(slash + 1));
          })
      ->required();
}

template <typename Request>
CLI::Option* add_stream(CLI::App& command, const std::shared_ptr<Request>& request) {
  return command.add_option_function<std::string>(
      "STREAM", [request](const std::string& name) { request->set_stream(name); },
      "As reactor show names it: category/id");
}

template <typename Request>
void add_reason(CLI::App& command, const std::shared_ptr<Request>& request) {
  command
      .add_option_function<std::string>(
          "--reason", [request](const std::string& why) { request->set_reason(why); },
          "Kept in the log")
      ->required();
}

void add_show(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::GetReactorRequest>();
  CLI::App* command = group.add_subcommand("show", "One reactor and the streams that wait");
  add_name(*command, request);
  command->callback([&chosen, request] {
    chosen = [request](Session& session) { return show(session, *request); };
  });
}

void add_retry(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::RetryReactorRequest>();
  const auto all = std::make_shared<bool>(false);
  CLI::App* command = group.add_subcommand("retry", "Let a parked stream, or all, catch up");
  add_name(*command, request);
  add_stream(*command, request);
  command->add_flag("--all", *all, "Every parked stream of the reactor");
  command->callback([&chosen, request, all] {
    if (request->stream().empty() != *all) throw CLI::RequiredError("STREAM or --all");
    chosen = [request](Session& session) {
      return ask<core::RetryReactorResponse>(
          session, "RetryReactor", *request,
          (request->stream().empty() ? "all that was parked" : printable(request->stream())) +
              " is tried again; reactor show tells what becomes of it");
    };
  });
}

void add_drop(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::DropReactorEventRequest>();
  CLI::App* command = group.add_subcommand(
      "drop", "Leave an event out for good, and let its stream catch up behind it");
  add_name(*command, request);
  add_stream(*command, request)->required();
  command
      ->add_option_function<std::uint64_t>(
          "POSITION", [request](std::uint64_t at) { request->set_position(at); },
          "Of the event, as reactor show names it")
      ->required()
      ->check(above_zero());
  add_reason(*command, request);
  command->callback([&chosen, request] {
    chosen = [request](Session& session) {
      return ask<core::DropReactorEventResponse>(session, "DropReactorEvent", *request,
                                                 printable(request->stream()) + ": position " +
                                                     std::to_string(request->position()) +
                                                     " dropped, those behind it are answered");
    };
  });
}

void add_pause(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::PauseReactorRequest>();
  CLI::App* command = group.add_subcommand("pause", "Send nothing until it is resumed");
  add_name(*command, request);
  add_reason(*command, request);
  command->callback([&chosen, request] {
    chosen = [request](Session& session) {
      return ask<core::PauseReactorResponse>(session, "PauseReactor", *request, "paused");
    };
  });
}

void add_resume(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::ResumeReactorRequest>();
  CLI::App* command = group.add_subcommand("resume", "Go on where it was paused");
  add_name(*command, request);
  command->callback([&chosen, request] {
    chosen = [request](Session& session) {
      return ask<core::ResumeReactorResponse>(session, "ResumeReactor", *request, "resumed");
    };
  });
}

}  // namespace

void add_reactor_verbs(CLI::App& app, Verb& chosen) {
  CLI::App* group = app.add_subcommand("reactor", "Followers that answer events with commands")
                        ->require_subcommand(1);
  group->add_subcommand("list", "All reactors, and how far they are")->callback([&chosen] {
    chosen = list;
  });
  add_show(*group, chosen);
  add_retry(*group, chosen);
  add_drop(*group, chosen);
  add_pause(*group, chosen);
  add_resume(*group, chosen);
}

}  // namespace mt::mtctl
