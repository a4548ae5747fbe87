#include "ops/mtctl/node_logs.h"

#include "sys/core/v1/backup.pb.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

Result<std::vector<Anchor>> cut_of(const core::GetCutResponse& response) {
  std::vector<Anchor> ends;
  for (const core::Anchor& end : response.ends()) {
    const auto hash = hash_from_hex(end.hash());
    if (!hash) return internal("the node named a hash that is none");
    ends.push_back({{end.module()}, {end.position()}, *hash});
  }
  return ends;
}

Result<void> read(Session& session, const ModuleName& module, LogRange range,
                  const ByteSink& sink) {
  core::ReadLogRequest request;
  request.set_module(module.value);
  request.set_from_position(range.from.value);
  request.set_to_position(range.to.value);
  Result<void> taken;
  auto ended = session.client.watch<core::ReadLogResponse>(
      "sys.core.v1.BackupService/ReadLog", request,
      [&](const core::ReadLogResponse& response) {
        taken = sink(response.archive());
        return taken.has_value();
      },
      session.options);
  return taken ? std::move(ended) : std::move(taken);
}

}  // namespace

LogStore logs_of_node(Session& session) {
  LogStore store;
  store.cut = [&session]() -> Result<std::vector<Anchor>> {
    MT_TRY(const auto response,
           session.client.call<core::GetCutResponse>("sys.core.v1.BackupService/GetCut",
                                                     core::GetCutRequest(), session.options));
    return cut_of(response);
  };
  store.read = [&session](const ModuleName& module, LogRange range, const ByteSink& sink) {
    return read(session, module, range, sink);
  };
  return store;
}

}  // namespace mt::mtctl
