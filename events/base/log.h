// Named loggers: a fixed phrase and its keys, one line a fact, on stderr or where `configure` says.
// Never payloads, secrets or e-mail addresses. spdlog stays behind this header.
#pragma once

#include <concepts>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "events/base/result.h"

namespace spdlog {
class logger;
}

namespace mt {

// One key and its value, as text: {"stream", "notice/7"}, {"events", 12}.
struct LogField {
  LogField(std::string_view key_, std::string_view value_) : key(key_), value(value_) {}
  LogField(std::string_view key_, const char* value_) : key(key_), value(value_) {}
  LogField(std::string_view key_, const std::string& value_) : key(key_), value(value_) {}
  template <typename Number>
  requires std::integral<Number> || std::floating_point<Number> LogField(std::string_view key_,
                                                                         Number value_)
      : key(key_), value(std::to_string(value_)) {}

  std::string_view key;
  std::string value;
};

// Cheap to copy; any thread may use it.
class Logger {
 public:
  explicit Logger(std::string_view name);

  void debug(std::string_view phrase, std::initializer_list<LogField> fields = {}) const;
  void info(std::string_view phrase, std::initializer_list<LogField> fields = {}) const;
  void warn(std::string_view phrase, std::initializer_list<LogField> fields = {}) const;
  void error(std::string_view phrase, std::initializer_list<LogField> fields = {}) const;

 private:
  std::shared_ptr<spdlog::logger> sink_;
};

struct LogSettings {
  std::string level = "info";   // debug, info, warn, error, off
  std::string format = "text";  // text for people, json for machines
};

// Applies to all loggers, those that exist and those to come. Called once, by the container.
Result<void> configure_logging(const LogSettings& settings);

}  // namespace mt
