#include <utility>

#include "modules/mod_main/module.h"
#include "modules/sys_main/sys_main.h"
#include "ops/runtime/container.h"

int main(int argc, char** argv) {
  auto modules = mt::sys_main();
  modules.push_back(mt::mod_main::mod_main());
  return mt::run_container("maintemplate2", MT_VERSION, std::move(modules), argc, argv);
}
