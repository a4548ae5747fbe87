#include "modules/sys_core/server/parked.h"

#include <memory>
#include <string>
#include <vector>

#include "modules/sys_core/messages/times.h"
#include "modules/sys_core/server/event_printer.h"
#include "modules/sys_core/server/module_named.h"
#include "sys/core/v1/parked.pb.h"

namespace mt::sys_core {
namespace {

namespace v1 = ::sys::core::v1;

v1::ParkedStream to_proto(const std::string& table, const StreamId& stream,
                          const ParkedEvent& event) {
  v1::ParkedStream parked;
  parked.set_table(table);
  parked.set_stream(to_string(stream));
  parked.set_position(event.position.value);
  parked.set_version(event.version.value);
  parked.set_type(event.type);
  parked.set_schema(event.schema);
  *parked.mutable_time() = timestamp_of(event.time);
  parked.set_why(event.why);
  parked.set_attempts(event.attempts);
  return parked;
}

v1::ParkedStream to_proto(const ParkedStream& stream) {
  v1::ParkedStream parked = to_proto(stream.table, stream.stream, stream.event);
  parked.set_module(stream.module.value);
  parked.set_waiting(stream.waiting);
  return parked;
}

v1::RetryParkedResponse to_proto(const RetryReport& report) {
  v1::RetryParkedResponse response;
  *response.mutable_was() = to_proto(report.table, report.stream, report.event);
  response.set_applied(report.applied);
  if (report.again) {
    *response.mutable_again() = to_proto(report.table, report.stream, *report.again);
  }
  return response;
}

v1::RetryParkedResponse failed(const ParkedStream& stream, const Error& why) {
  v1::RetryParkedResponse response;
  *response.mutable_was() = to_proto(stream);
  response.set_failure(why.message);
  return response;
}

// Those of a table, or of all; with a stream that one of it, which must be parked.
Result<std::vector<ParkedStream>> parked_of(const LiveTables& tables, const std::string& table,
                                            const std::string& stream) {
  MT_TRY(std::vector<ParkedStream> all, tables.parked(table));
  if (stream.empty()) return all;
  for (ParkedStream& one : all) {
    if (to_string(one.stream) == stream) return std::vector<ParkedStream>{std::move(one)};
  }
  return not_found("table " + table + " has no parked stream '" + stream +
                   "'; ListParked, or mtctl parked list, names those it has");
}

Result<v1::ListParkedResponse> list(const Deps& deps, const v1::ListParkedRequest& request) {
  MT_TRY(const auto all, parked_of(deps.node.tables(), request.table(), {}));
  v1::ListParkedResponse response;
  for (const ParkedStream& one : all) *response.add_streams() = to_proto(one);
  return response;
}

Result<v1::GetParkedResponse> show(const Deps& deps, const v1::GetParkedRequest& request) {
  MT_TRY(const auto found, parked_of(deps.node.tables(), request.table(), request.stream()));
  const ParkedStream& parked = found.front();
  MT_TRY(const ModuleInfo module, module_named(deps.node, parked.module.value));
  MT_TRY(const CommitRecord record, deps.node.log().at(parked.module, parked.event.position));
  const EventPrinter printer(module, deps.node.upcasters(parked.module));
  v1::GetParkedResponse response;
  *response.mutable_parked() = to_proto(parked);
  *response.mutable_event() =
      printer.print(record, parked.event.position.value - record.first.value);
  return response;
}

Result<void> retry(const Deps& deps, const v1::RetryParkedRequest& request, ReplyStream& stream) {
  if (request.table().empty() && !request.stream().empty()) {
    return invalid_argument("stream: a stream is retried in one table; name it in table");
  }
  LiveTables& tables = deps.node.tables();
  MT_TRY(const auto found, parked_of(tables, request.table(), request.stream()));
  for (const ParkedStream& one : found) {
    const auto report = tables.retry(one.table, one.stream);
    // One that cannot be tried keeps no other from it.
    if (!stream.write_when_ready(report ? to_proto(*report) : failed(one, report.error()))) break;
  }
  return {};
}

Result<v1::RetryParkedResponse> drop(const Deps& deps, const v1::DropParkedRequest& request,
                                     const CallContext& call) {
  LiveTables& tables = deps.node.tables();
  MT_TRY(const auto found, parked_of(tables, request.table(), request.stream()));
  const Dropped why{request.reason(), call.origin.actor, deps.clock.now()};
  MT_TRY(const RetryReport report,
         tables.drop(request.table(), found.front().stream, Position{request.position()}, why));
  return to_proto(report);
}

}  // namespace

Result<void> bind_parked(Api& api, const Deps& deps) {
  MT_CHECK_OK(api.query("ListParked", [&deps](const v1::ListParkedRequest& request, const Query&) {
    return list(deps, request);
  }));
  MT_CHECK_OK(api.query("GetParked", [&deps](const v1::GetParkedRequest& request, const Query&) {
    return show(deps, request);
  }));
  MT_CHECK_OK(api.watch<v1::RetryParkedResponse>(
      "RetryParked",
      [&deps](const v1::RetryParkedRequest& request, std::shared_ptr<const CallContext>,
              ReplyStream& stream) { return retry(deps, request, stream); }));
  return api.task("DropParked", [&deps](const v1::DropParkedRequest& request,
                                        std::shared_ptr<const CallContext> call) {
    return drop(deps, request, *call);
  });
}

}  // namespace mt::sys_core
