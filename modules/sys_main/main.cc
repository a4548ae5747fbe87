#include "modules/sys_main/sys_main.h"
#include "ops/runtime/container.h"

int main(int argc, char** argv) {
  return mt::run_container("sys_main", MT_VERSION, mt::sys_main(), argc, argv);
}
