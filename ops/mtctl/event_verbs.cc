#include <memory>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/number_check.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

struct Sent {
  Result<void> ended;
  std::uint64_t events = 0;
};

// Prints events as they come. A log that is followed has no end, so that JSON gives an event a
// line.
Sent print_events(Session& session, const core::TailEventsRequest& request) {
  Sent sent;
  Output& output = session.output;
  if (!request.follow()) output.begin_array();
  sent.ended = session.client.watch<core::TailEventsResponse>(
      "sys.core.v1.EventService/TailEvents", request,
      [&](const core::TailEventsResponse& response) {
        ++sent.events;
        if (output.is_table())
          output.line(event_line(response.event()));
        else
          output.element(response.event());
        return true;
      },
      session.options);
  output.end_array();
  return sent;
}

Result<void> tail_events(Session& session, const core::TailEventsRequest& request) {
  const Sent sent = print_events(session, request);
  if (sent.ended && sent.events == 0)
    session.output.note(request.from_position() == 0
                            ? request.module() + " has no events yet"
                            : "no events from position " + std::to_string(request.from_position()) +
                                  " on");
  return sent.ended;
}

Result<void> grep(Session& session, core::TailEventsRequest request) {
  request.set_from_position(std::max<std::uint64_t>(request.from_position(), 1));
  const Sent sent = print_events(session, request);
  if (!sent.ended || sent.events > 0) return sent.ended;
  return not_found("no event of " + request.module() + " mentions '" + request.contains() + "'");
}

void print_commit(Output& output, const core::GetCommitResponse& commit) {
  const core::EventRecord& first = commit.events(0);
  output.line("stream       " + printable(first.stream()));
  output.line("time         " + time_text(first.time()));
  output.line("actor        " + printable(first.actor()));
  output.line("command      " + printable(first.command_id()));
  output.line("correlation  " + printable(first.correlation()));
  if (!first.causation().empty()) output.line("causation    " + printable(first.causation()));
  output.line("stored       " + grouped(commit.stored_bytes()) + " bytes");
  output.line("chain        " + commit.hash());
  for (const std::string& claim : commit.claims_taken())
    output.line("takes        " + printable(claim));
  for (const std::string& claim : commit.claims_released())
    output.line("releases     " + printable(claim));
  for (const core::EventRecord& event : commit.events()) {
    output.line("\n" + std::to_string(event.position()) + "  " + printable(event.type()) +
                ", schema " + std::to_string(event.schema()) + ", version " +
                std::to_string(event.version()) +
                (event.tags_size() > 0 ? ", tags " + printable(joined(event.tags())) : ""));
    output.message(event.payload());
  }
}

Result<void> show_commit(Session& session, const core::GetCommitRequest& request) {
  MT_TRY(const auto commit, session.client.call<core::GetCommitResponse>(
                                "sys.core.v1.EventService/GetCommit", request, session.options));
  if (session.output.is_table() && commit.events_size() > 0)
    print_commit(session.output, commit);
  else
    session.output.message(commit);
  return {};
}

void add_tail(CLI::App& group, Verb& chosen) {
  struct Options {
    std::string module;
    std::uint32_t last = 10;
    std::uint64_t from = 0;
    bool follow = false;
  };
  const auto options = std::make_shared<Options>();
  CLI::App* tail = group.add_subcommand("tail", "The last events of a module");
  tail->add_option("MODULE", options->module)->required();
  CLI::Option* last =
      tail->add_option("-n,--last", options->last, "How many (10)")->check(above_zero());
  tail->add_option("--from", options->from, "From this position on instead")
      ->check(above_zero())
      ->excludes(last);
  tail->add_flag("-f,--follow", options->follow, "Stay and print what is appended");
  tail->callback([&chosen, options] {
    chosen = [options](Session& session) {
      core::TailEventsRequest request;
      request.set_module(options->module);
      request.set_last(options->last);
      request.set_from_position(options->from);
      request.set_follow(options->follow);
      return tail_events(session, request);
    };
  });
}

void add_show(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::GetCommitRequest>();
  CLI::App* show = group.add_subcommand("show", "The commit that holds a position");
  show->add_option_function<std::string>(
          "MODULE", [request](const std::string& name) { request->set_module(name); })
      ->required();
  show->add_option_function<std::uint64_t>(
          "POSITION", [request](const std::uint64_t& at) { request->set_position(at); })
      ->check(above_zero())
      ->required();
  show->callback([&chosen, request] {
    chosen = [request](Session& session) { return show_commit(session, *request); };
  });
}

void add_grep(CLI::App& group, Verb& chosen) {
  const auto request = std::make_shared<core::TailEventsRequest>();
  CLI::App* search =
      group.add_subcommand("grep", "Events whose type, stream, tags or payload contain a text");
  search
      ->add_option_function<std::string>(
          "MODULE", [request](const std::string& name) { request->set_module(name); })
      ->required();
  search
      ->add_option_function<std::string>(
          "TEXT", [request](const std::string& text) { request->set_contains(text); })
      ->required();
  search
      ->add_option_function<std::uint64_t>(
          "--from", [request](const std::uint64_t& at) { request->set_from_position(at); },
          "From this position on")
      ->check(above_zero());
  search
      ->add_option_function<std::uint64_t>(
          "--to", [request](const std::uint64_t& at) { request->set_to_position(at); },
          "Up to this position")
      ->check(above_zero());
  search->callback([&chosen, request] {
    if (request->to_position() != 0 && request->from_position() > request->to_position())
      throw CLI::ValidationError(
          "--from", std::to_string(request->from_position()) + " is beyond --to " +
                        std::to_string(request->to_position()) + "; no event lies between them");
    chosen = [request](Session& session) { return grep(session, *request); };
  });
}

}  // namespace

void add_event_verbs(CLI::App& app, Verb& chosen) {
  CLI::App* group = app.add_subcommand("events", "What has happened")->require_subcommand(1);
  add_tail(*group, chosen);
  add_show(*group, chosen);
  add_grep(*group, chosen);
}

}  // namespace mt::mtctl
