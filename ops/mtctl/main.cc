#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>

#include "ops/mtctl/mtctl.h"

namespace {

std::size_t terminal_columns() {
  winsize size{};
  if (isatty(STDOUT_FILENO) != 1 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace

int main(int argc, char** argv) {
  // gRPC's own lines would stand between ours; who wants them sets the variable.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  try {
    return mt::mtctl::run({argv + 1, argv + argc},
                          {std::cin, std::cout, std::cerr, terminal_columns()}, MT_VERSION);
  } catch (const std::exception& unexpected) {
    std::cerr << "mtctl: internal: " << unexpected.what() << "\n";
    return 1;
  }
}
