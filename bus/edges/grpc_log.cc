#include "bus/edges/grpc_log.h"

#include <grpc/support/log.h>

#include <mutex>

#include "events/base/log.h"

namespace mt {
namespace {

void log(gpr_log_func_args* args) {
  // Never destroyed: gRPC's threads may have a last word while the process ends.
  static const Logger& logger = *new Logger("grpc");
  logger.debug("gRPC says",
               {{"reason", args->message}, {"file", args->file}, {"line", args->line}});
}

}  // namespace

void route_grpc_log() {
  static std::once_flag once;
  std::call_once(once, [] { gpr_set_log_function(&log); });
}

}  // namespace mt
