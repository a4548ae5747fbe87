#include "modules/sys_core/server/tags.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "events/written_query.h"
#include "modules/sys_core/server/event_printer.h"
#include "modules/sys_core/server/module_named.h"
#include "projections/page.h"
#include "sys/core/v1/tags.pb.h"

namespace mt::sys_core {
namespace {

constexpr int kUsualLimit = 100;

// Look-ups in the index for one answer, also those that lead to no event: a view of the tables is
// open meanwhile.
constexpr std::size_t kMostSteps = 100'000;

TagQuery query_in(const v1::FindEventsRequest& request) {
  TagQuery query;
  for (const v1::TagQueryItem& item : request.items()) {
    query.items.push_back(
        {{item.tags().begin(), item.tags().end()}, {item.types().begin(), item.types().end()}});
  }
  return query;
}

class Finder {
 public:
  Finder(const Deps& deps, const ModuleInfo& module, const v1::FindEventsRequest& request)
      : log_(deps.node.log()),
        module_(module.name),
        printer_(module, deps.node.upcasters(module.name)),
        limit_(request.limit() > 0 ? static_cast<int>(request.limit()) : kUsualLimit),
        query_(query_in(request)),
        stored_(as_written(query_, deps.node.upcasters(module.name))) {}

  // `view` holds the module's index.
  Result<v1::FindEventsResponse> find(const DerivedView& view, Position after) {
    v1::FindEventsResponse response;
    response.set_position(view.applied(module_).value);
    TagSearch search(
        stored_, after,
        [&](const std::string& tag, Position from) { return view.next_tagged(module_, tag, from); },
        kMostSteps);
    while (const auto match = search.next()) {
      if (response.events_size() == limit_ || bytes_ > kMaxPageBytes) {
        response.set_more(true);
        return response;
      }
      MT_CHECK_OK(add(match->at, response));
      response.set_last(match->at.value);
    }
    MT_CHECK_OK(view.status());
    if (search.gave_up() && response.last() == 0) return gave_up();
    response.set_more(search.gave_up());
    return response;
  }

 private:
  static Error gave_up() {
    return failed_precondition("nothing was found in " + std::to_string(kMostSteps) +
                               " entries of the index; name a tag that is on fewer events, or "
                               "begin after a later position");
  }

  Result<void> add(Position at, v1::FindEventsResponse& response) {
    if (!record_ || at < record_->first || record_->last() < at) {
      MT_TRY(record_, log_.at(module_, at));
    }
    const std::size_t index = at.value - record_->first.value;
    v1::EventRecord event = printer_.print(*record_, index);
    // An older name may have led to another type than the ones that were asked for.
    if (!query_.matches(event.type(), record_->commit.events[index].tags)) return {};
    bytes_ += event.ByteSizeLong();
    *response.add_events() = std::move(event);
    return {};
  }

  const EventLog& log_;
  const ModuleName module_;
  const EventPrinter printer_;
  const int limit_;
  const TagQuery query_;
  const TagQuery stored_;
  std::optional<CommitRecord> record_;  // the last one that was read
  std::size_t bytes_ = 0;
};

Result<v1::FindEventsResponse> find(const Deps& deps, const v1::FindEventsRequest& request) {
  MT_TRY(const ModuleInfo module, module_named(deps.node, request.module()));
  MT_CHECK_OK(check_query(query_in(request)));
  Finder finder(deps, module, request);
  const std::unique_ptr<DerivedView> view = deps.node.derived().view();
  return finder.find(*view, {request.after_position()});
}

}  // namespace

Result<void> bind_tags(Api& api, const Deps& deps) {
  return api.query("FindEvents", [&deps](const v1::FindEventsRequest& request, const Query&) {
    return find(deps, request);
  });
}

}  // namespace mt::sys_core
