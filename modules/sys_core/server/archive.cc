#include "modules/sys_core/server/archive.h"

#include "modules/sys_core/messages/log_reports.h"
#include "modules/sys_core/messages/times.h"

namespace mt::sys_core {
namespace {

using sys_core::to_proto;

Result<ArchiveWishes> wishes_of(const v1::ArchiveEventsRequest& request) {
  ArchiveWishes wishes;
  if (request.before_position() > 0) wishes.before = Position{request.before_position()};
  if (request.has_older_than()) {
    wishes.older_than = time_of(request.older_than());
  }
  wishes.keep = request.keep();
  if (wishes.before || wishes.older_than || wishes.keep > 0) return wishes;
  return invalid_field("before_position", "or older_than or keep must say what is to be archived");
}

v1::ArchiveEventsProgress to_proto(const ArchiveProgress& progress) {
  v1::ArchiveEventsProgress report;
  report.set_doing(progress.doing);
  report.set_module(progress.log.module.value);
  report.set_position(progress.log.position.value);
  report.set_head(progress.log.head.value);
  report.set_events_per_second(progress.log.events_per_second);
  report.set_seconds_left(progress.log.seconds_left);
  return report;
}

v1::ArchiveEventsProgress to_proto(const ArchivePlan& plan) {
  v1::ArchiveEventsProgress report;
  report.set_done(true);
  report.set_module(plan.module.value);
  report.set_archived(plan.archived.value);
  report.set_position(plan.last.value);
  report.set_head(plan.last.value);
  report.set_events(plan.events());
  if (plan.events() > 0) report.set_last(plan.last.value);
  if (plan.is_unfinished()) report.set_unfinished(plan.archived.value - plan.held.value + 1);
  return report;
}

v1::ArchiveEventsProgress to_proto(const ArchiveReport& done) {
  v1::ArchiveEventsProgress report = to_proto(done.plan);
  if (!done.made.empty()) report.set_archived(done.made.back().last.value);
  report.set_removed(done.removed);
  for (const Segment& made : done.made) *report.add_made() = to_proto(made);
  report.set_seconds(done.seconds);
  return report;
}

Result<void> archive(const Deps& deps, const v1::ArchiveEventsRequest& request,
                     ReplyStream& stream) {
  MT_TRY(const ArchiveWishes wishes, wishes_of(request));
  const ModuleName module{request.module()};
  if (request.plan_only()) {
    MT_TRY(const ArchivePlan plan, plan_archive(deps.node.stored_log(), module, wishes));
    stream.write_when_ready(to_proto(plan));
    return {};
  }
  MT_TRY(const ArchiveReport done,
         deps.node.archive_events(module, wishes, [&stream](const ArchiveProgress& progress) {
           return stream.write_if_ready(to_proto(progress));
         }));
  stream.write_when_ready(to_proto(done));
  return {};
}

}  // namespace

Result<void> bind_archive(Api& api, const Deps& deps) {
  MT_CHECK_OK(api.watch<v1::ArchiveEventsProgress>(
      "ArchiveEvents",
      [&deps](const v1::ArchiveEventsRequest& request, std::shared_ptr<const CallContext>,
              ReplyStream& stream) { return archive(deps, request, stream); }));
  return api.task("ListArchives", [&deps](const v1::ListArchivesRequest& request,
                                          std::shared_ptr<const CallContext>) {
    return archives_of(deps.node.stored_log(), request);
  });
}

}  // namespace mt::sys_core
