#include "modules/sys_core/messages/log_reports.h"

#include <algorithm>

#include "modules/sys_core/messages/times.h"

namespace mt::sys_core {

v1::LogReport to_proto(const LogProgress& progress) {
  v1::LogReport report;
  report.set_module(progress.module.value);
  report.set_position(progress.position.value);
  report.set_head(progress.head.value);
  report.set_events_per_second(progress.events_per_second);
  report.set_seconds_left(progress.seconds_left);
  return report;
}

v1::LogReport to_proto(const VerifiedLog& verified, Position head) {
  v1::LogReport report;
  report.set_module(verified.end.module.value);
  report.set_position(verified.end.position.value);
  report.set_head(head.value);
  report.set_done(true);
  report.set_commits(verified.commits);
  report.set_hash(to_hex(verified.end.hash));
  report.set_seconds(verified.seconds);
  if (verified.seconds > 0) {
    report.set_events_per_second(static_cast<double>(verified.end.position.value) /
                                 verified.seconds);
  }
  report.set_fault(verified.fault);
  return report;
}

Result<std::vector<Anchor>> anchors_in(const v1::VerifyLogsRequest& request) {
  std::vector<Anchor> anchors;
  for (const v1::Anchor& anchor : request.anchors()) {
    const auto hash = hash_from_hex(anchor.hash());
    if (!hash) return invalid_field("anchors.hash", "must be 64 hex digits in lower case");
    anchors.push_back({{anchor.module()}, {anchor.position()}, *hash});
  }
  return anchors;
}

Result<std::vector<ModuleName>> logs_named(
    const EventLog& log, const google::protobuf::RepeatedPtrField<std::string>& names) {
  const std::vector<ModuleName> all = log.modules();
  if (names.empty()) return all;
  std::vector<ModuleName> chosen;
  for (const std::string& name : names) {
    const ModuleName module{name};
    if (std::ranges::find(all, module) == all.end()) {
      std::string known;
      for (const ModuleName& each : all) known += (known.empty() ? "" : ", ") + each.value;
      return not_found("there is no log of a module '" + name + "'; there are: " + known);
    }
    if (std::ranges::find(chosen, module) == chosen.end()) chosen.push_back(module);
  }
  return chosen;
}

Result<v1::GetAnchorsResponse> anchors_of(const EventLog& log, const v1::GetAnchorsRequest& request,
                                          Time now) {
  MT_TRY(const auto modules, logs_named(log, request.modules()));
  v1::GetAnchorsResponse response;
  for (const ModuleName& module : modules) {
    MT_TRY(const Anchor anchor, anchor_of(log, module));
    v1::Anchor& shown = *response.add_anchors();
    shown.set_module(module.value);
    shown.set_position(anchor.position.value);
    shown.set_hash(to_hex(anchor.hash));
    *shown.mutable_taken() = timestamp_of(now);
  }
  return response;
}

}  // namespace mt::sys_core
