#include "events/base/log.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <cstdio>

namespace mt {
namespace {

std::atomic<bool> json_lines = false;

std::shared_ptr<spdlog::logger> named(std::string_view name) {
  const std::string text(name);
  if (auto existing = spdlog::get(text)) return existing;
  try {
    return spdlog::stderr_color_mt(text);
  } catch (const spdlog::spdlog_ex&) {
    return spdlog::get(text);  // another thread registered the name first
  }
}

void append_escaped(std::string& line, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      line.append({'\\', c});
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
      line += code;
    } else {
      line += c;
    }
  }
}

std::string as_json(std::string_view phrase, std::initializer_list<LogField> fields) {
  std::string line = "\"event\":\"";
  append_escaped(line, phrase);
  line += '"';
  for (const LogField& field : fields) {
    line += ",\"";
    append_escaped(line, field.key);
    line += "\":\"";
    append_escaped(line, field.value);
    line += '"';
  }
  return line;
}

std::string as_text(std::string_view phrase, std::initializer_list<LogField> fields) {
  std::string line(phrase);
  for (const LogField& field : fields) {
    const bool quoted = field.value.find_first_of(" \"\n\t") != std::string::npos;
    line.append(" ").append(field.key).append("=");
    if (quoted) line += '"';
    append_escaped(line, field.value);
    if (quoted) line += '"';
  }
  return line;
}

void write(spdlog::logger& sink, spdlog::level::level_enum level, std::string_view phrase,
           std::initializer_list<LogField> fields) {
  if (!sink.should_log(level)) return;
  sink.log(level, spdlog::string_view_t("{}"),
           json_lines ? as_json(phrase, fields) : as_text(phrase, fields));
}

}  // namespace

Logger::Logger(std::string_view name) : sink_(named(name)) {}

void Logger::debug(std::string_view phrase, std::initializer_list<LogField> fields) const {
  write(*sink_, spdlog::level::debug, phrase, fields);
}
void Logger::info(std::string_view phrase, std::initializer_list<LogField> fields) const {
  write(*sink_, spdlog::level::info, phrase, fields);
}
void Logger::warn(std::string_view phrase, std::initializer_list<LogField> fields) const {
  write(*sink_, spdlog::level::warn, phrase, fields);
}
void Logger::error(std::string_view phrase, std::initializer_list<LogField> fields) const {
  write(*sink_, spdlog::level::err, phrase, fields);
}

Result<void> configure_logging(const LogSettings& settings) {
  const auto level = spdlog::level::from_str(settings.level);
  if (level == spdlog::level::off && settings.level != "off") {
    return invalid_field("log.level",
                         "'" + settings.level + "' is none of debug, info, warn, error, off");
  }
  if (settings.format != "text" && settings.format != "json") {
    return invalid_field("log.format", "'" + settings.format + "' is neither text nor json");
  }
  json_lines = settings.format == "json";
  spdlog::set_level(level);
  spdlog::set_pattern(json_lines
                          ? R"({"time":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l","logger":"%n",%v})"
                          : "%Y-%m-%d %H:%M:%S.%e %^%-5l%$ %n: %v");
  return {};
}

}  // namespace mt
