#include "modules/sys_core/server/snapshots.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "actors/entity_loader.h"
#include "modules/sys_core/messages/times.h"
#include "modules/sys_core/server/module_named.h"
#include "projections/page.h"
#include "sys/core/v1/snapshots.pb.h"

namespace mt::sys_core {
namespace {

namespace v1 = ::sys::core::v1;

const EntityType* type_of(const ModuleInfo& module, const StreamId& stream) {
  const auto found = std::ranges::find(module.entities, stream.category,
                                       [](const EntityType* type) { return type->category; });
  return found == module.entities.end() ? nullptr : *found;
}

std::string why_unused(const ModuleInfo& module, const StreamId& stream,
                       const StoredSnapshot& stored, Version last) {
  const EntityType* type = type_of(module, stream);
  if (type == nullptr) return "this program has no entity '" + stream.category + "'";
  const auto unused = mt::why_unused(stored, *type, last);
  return unused ? unused->why : "";
}

v1::SnapshotInfo to_proto(const ModuleInfo& module, const DerivedView& view,
                          const std::optional<StreamId>& stream, const StoredSnapshot& stored) {
  v1::SnapshotInfo info;
  if (stream) {
    const Version last = view.stream_version(module.name, *stream);
    info.set_stream(to_string(*stream));
    info.set_stream_version(last.value);
    info.set_unused(why_unused(module, *stream, stored, last));
  }
  if (!stored.is_readable) return info;
  info.set_version(stored.version.value);
  *info.mutable_taken() = timestamp_of(stored.time);
  info.set_code_version(stored.code_version);
  info.set_schema(stored.schema);
  info.set_state_bytes(stored.state.size());
  return info;
}

Result<v1::GetSnapshotResponse> snapshot_of(const Deps& deps,
                                            const v1::GetSnapshotRequest& request) {
  MT_TRY(const ModuleInfo module, module_named(deps.node, request.module()));
  const std::size_t slash = request.stream().find('/');
  if (slash == std::string::npos)
    return invalid_argument("stream: '" + request.stream() + "' is no category/id");
  const StreamId stream{request.stream().substr(0, slash), request.stream().substr(slash + 1)};
  const std::unique_ptr<DerivedView> view = deps.node.derived().view();
  const auto stored = view->snapshot(module.name, stream);
  v1::GetSnapshotResponse response;
  if (stored) *response.mutable_snapshot() = to_proto(module, *view, stream, *stored);
  MT_CHECK_OK(view->status());
  if (stored) return response;
  return not_found("no snapshot of " + request.stream() + " is kept in " + module.name.value);
}

// As many as the page takes; one more tells that there are more.
Result<v1::ListSnapshotsResponse> snapshots_of(const Deps& deps,
                                               const v1::ListSnapshotsRequest& request) {
  MT_TRY(const ModuleInfo module, module_named(deps.node, request.module()));
  const PageRequest wanted{
      request.page_size(), request.page_token(),
      query_fingerprint("sys.core.v1.SnapshotService/ListSnapshots", {request.module()})};
  std::string last;
  if (!wanted.token.empty()) {
    MT_TRY(last, decode_page_token(wanted.query, wanted.token));
  }
  const std::unique_ptr<DerivedView> view = deps.node.derived().view();
  v1::ListSnapshotsResponse response;
  view->visit_snapshots(
      module.name, std::string(last),
      [&](std::string_view key, const auto& stream, const StoredSnapshot& stored) {
        if (static_cast<std::size_t>(response.snapshots_size()) == rows_of_page(wanted)) {
          response.set_next_page_token(encode_page_token(wanted.query, last));
          return Scan::kStop;
        }
        *response.add_snapshots() = to_proto(module, *view, stream, stored);
        last = key;
        return Scan::kGoOn;
      });
  MT_CHECK_OK(view->status());
  return response;
}

}  // namespace

Result<void> bind_snapshots(Api& api, const Deps& deps) {
  MT_CHECK_OK(
      api.query("GetSnapshot", [&deps](const v1::GetSnapshotRequest& request, const Query&) {
        return snapshot_of(deps, request);
      }));
  return api.query("ListSnapshots", [&deps](const v1::ListSnapshotsRequest& request, const Query&) {
    return snapshots_of(deps, request);
  });
}

}  // namespace mt::sys_core
