#include "bus/protobuf_log.h"

#include <google/protobuf/stubs/logging.h>

#include <mutex>
#include <string>

#include "events/base/log.h"

namespace mt {
namespace {

void log(google::protobuf::LogLevel level, const char* file, int line, const std::string& message) {
  if (message.find("contains invalid UTF-8 data when parsing") != std::string::npos) return;
  const Logger logger("protobuf");
  const std::initializer_list<LogField> fields = {
      {"reason", message}, {"file", file}, {"line", line}};
  switch (level) {
    case google::protobuf::LOGLEVEL_INFO:
      return logger.debug("protobuf says", fields);
    case google::protobuf::LOGLEVEL_WARNING:
      return logger.warn("protobuf warns", fields);
    case google::protobuf::LOGLEVEL_ERROR:
    case google::protobuf::LOGLEVEL_FATAL:
      return logger.error("protobuf failed", fields);
  }
}

}  // namespace

void route_protobuf_log() {
  static std::once_flag once;
  std::call_once(once, [] { google::protobuf::SetLogHandler(&log); });
}

}  // namespace mt
