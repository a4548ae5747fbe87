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

// Length of the UTF-8 sequence at the beginning of `text`; 0 when there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Too long a form, a surrogate, beyond the last code point.
  const bool is_odd = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) >= 0xa0) ||
                      (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) >= 0x90);
  return is_odd ? 0 : length;
}

// A line stays one line, and valid JSON, whatever a caller sent.
void append_escaped(std::string& line, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    if (length == 0) {
      // One mark for the whole broken sequence, not one a byte.
      line += "\\ufffd";
      do text.remove_prefix(1);
      while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xc0) == 0x80);
      continue;
    }
    if (first == '"' || first == '\\') {
      line.append({'\\', text.front()});
    } else if (first < 0x20 || first == 0x7f) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(first));
      line += code;
    } else {
      line.append(text.substr(0, length));
    }
    text.remove_prefix(length);
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
