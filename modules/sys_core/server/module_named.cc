#include "modules/sys_core/server/module_named.h"

#include <utility>

namespace mt::sys_core {

Result<ModuleInfo> module_named(const NodeControl& node, const std::string& name) {
  for (ModuleInfo& module : node.modules()) {
    if (module.name.value == name) return std::move(module);
  }
  return not_found("this node runs no module '" + name +
                   "'; GetStatus, or mtctl status, lists those it runs");
}

}  // namespace mt::sys_core
