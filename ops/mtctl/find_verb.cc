#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/number_check.h"
#include "ops/mtctl/verbs.h"
#include "ops/terminal/display_width.h"
#include "ops/terminal/number_text.h"
#include "sys/core/v1/tags.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

constexpr std::uint64_t kPage = 1000;

struct Wanted {
  std::string module;
  std::vector<std::string> tags;
  std::vector<std::string> types;
  std::uint64_t after = 0;
  std::uint64_t limit = 100;  // 0: all
};

core::FindEventsRequest request_of(const Wanted& wanted) {
  core::FindEventsRequest request;
  request.set_module(wanted.module);
  request.set_after_position(wanted.after);
  core::TagQueryItem& item = *request.add_items();
  for (const std::string& tag : wanted.tags) item.add_tags(tag);
  for (const std::string& type : wanted.types) item.add_types(type);
  return request;
}

void print(Output& output, const core::FindEventsResponse& page) {
  for (const core::EventRecord& event : page.events()) {
    if (output.is_table())
      output.line(event_line(event));
    else
      output.element(event);
  }
}

struct Found {
  std::uint64_t events = 0;
  std::uint64_t last = 0;  // position of the last one
  bool more = false;
  std::uint64_t position = 0;  // up to which the log was looked at
};

// Page by page, as they come.
Result<void> print_all(Session& session, const Wanted& wanted, Found& found) {
  core::FindEventsRequest request = request_of(wanted);
  const std::uint64_t most = wanted.limit == 0 ? UINT64_MAX : wanted.limit;
  do {
    request.set_limit(static_cast<std::uint32_t>(std::min(most - found.events, kPage)));
    MT_TRY(const auto page, session.client.call<core::FindEventsResponse>(
                                "sys.core.v1.TagService/FindEvents", request, session.options));
    print(session.output, page);
    found.events += static_cast<std::uint64_t>(page.events_size());
    found.more = page.more();
    found.last = page.last();
    found.position = page.position();
    request.set_after_position(page.last());
  } while (found.more && found.events < most);
  return {};
}

Result<void> find(Session& session, const Wanted& wanted) {
  Found found;
  session.output.begin_array();
  const Result<void> printed = print_all(session, wanted, found);
  session.output.end_array();
  MT_CHECK_OK(printed);
  if (found.events == 0) {
    return not_found("no such event of " + wanted.module + " up to position " +
                     std::to_string(found.position));
  }
  if (found.more) {
    session.output.note("there may be more; --limit 0 shows all, --after " +
                        std::to_string(found.last) + " goes on from here");
  }
  return {};
}

}  // namespace

void add_find_verb(CLI::App& app, Verb& chosen) {
  const auto wanted = std::make_shared<Wanted>();
  CLI::App* command =
      app.get_subcommand("events")->add_subcommand("find", "Events that carry all of the tags");
  command->add_option("MODULE", wanted->module)->required();
  command->add_option("--tag", wanted->tags, "KEY:VALUE, as the module writes it; all of several")
      ->required()
      ->allow_extra_args(false);
  command->add_option("--type", wanted->types, "Only of this type; or of one of several")
      ->allow_extra_args(false);
  command->add_option("--after", wanted->after, "Behind this position");
  command->add_option("--limit", wanted->limit, "At most so many; 0: all")->capture_default_str();
  command->callback([&chosen, wanted] {
    chosen = [wanted](Session& session) { return find(session, *wanted); };
  });
}

}  // namespace mt::mtctl
