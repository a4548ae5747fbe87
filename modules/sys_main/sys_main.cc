#include "modules/sys_main/sys_main.h"

#include "modules/sys_accounts/module.h"
#include "modules/sys_core/module.h"
#include "modules/sys_timespace/module.h"

namespace mt {

std::vector<Module> sys_main() {
  std::vector<Module> modules;
  modules.push_back(sys_core::sys_core());
  modules.push_back(sys_accounts::sys_accounts());
  modules.push_back(sys_timespace::sys_timespace());
  return modules;
}

}  // namespace mt
