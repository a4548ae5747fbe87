#include <memory>

#include "ops/mtctl/core_text.h"
#include "ops/mtctl/verbs.h"

namespace mt::mtctl {
namespace {

namespace core = sys::core::v1;

Result<void> list_modules(Session& session) {
  MT_TRY(const auto response,
         session.client.call<core::GetStatusResponse>("sys.core.v1.StatusService/GetStatus",
                                                      core::GetStatusRequest(), session.options));
  if (session.output.is_table()) {
    session.output.table(module_table(response.modules()));
  } else {
    core::GetStatusResponse modules = response;
    modules.clear_node();
    session.output.list(modules, modules.modules());
  }
  return {};
}

Result<void> show_module(Session& session, const std::string& name) {
  core::GetModuleRequest request;
  request.set_name(name);
  MT_TRY(const auto response, session.client.call<core::GetModuleResponse>(
                                  "sys.core.v1.StatusService/GetModule", request, session.options));
  Output& output = session.output;
  if (!output.is_table()) {
    output.message(response);
    return {};
  }
  google::protobuf::RepeatedPtrField<core::ModuleStatus> modules;
  *modules.Add() = response.module();
  output.table(module_table(modules));
  output.line("");
  output.table(table_table(response.module().tables()));
  output.line("");
  output.table(method_table(response.methods()));
  if (response.bootstrap_sets_size() > 0)
    output.line("\nBootstrap sets: " + joined(response.bootstrap_sets()));
  if (const std::string trouble = trouble_text(modules); !trouble.empty())
    output.note("\n" + trouble);
  return {};
}

}  // namespace

void add_module_verbs(CLI::App& app, Verb& chosen) {
  CLI::App* group = app.add_subcommand("module", "What the node runs")->require_subcommand(1);
  group->add_subcommand("list", "All modules")->callback([&chosen] { chosen = list_modules; });

  const auto name = std::make_shared<std::string>();
  CLI::App* show = group->add_subcommand("show", "One module: its tables, methods and sets");
  show->add_option("MODULE", *name)->required();
  show->callback([&chosen, name] {
    chosen = [name](Session& session) { return show_module(session, *name); };
  });
}

}  // namespace mt::mtctl
