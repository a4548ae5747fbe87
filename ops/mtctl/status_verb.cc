#include "ops/mtctl/core_text.h"
#include "ops/mtctl/verbs.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

Result<void> status(Session& session) {
  MT_TRY(const auto response,
         session.client.call<core::GetStatusResponse>("sys.core.v1.StatusService/GetStatus",
                                                      core::GetStatusRequest(), session.options));
  Output& output = session.output;
  if (!output.is_table()) {
    output.message(response);
    return {};
  }
  output.line(node_text(response.node()));
  output.table(module_table(response.modules()));
  google::protobuf::RepeatedPtrField<core::TableStatus> tables;
  for (const auto& module : response.modules()) tables.MergeFrom(module.tables());
  output.line("");
  output.table(table_table(tables));
  if (const std::string trouble = trouble_text(response.modules()); !trouble.empty())
    output.note("\n" + trouble);
  return {};
}

}  // namespace

void add_status_verb(CLI::App& app, Verb& chosen) {
  app.add_subcommand("status", "The node, its modules and tables")->callback([&chosen] {
    chosen = status;
  });
}

}  // namespace mt::mtctl
