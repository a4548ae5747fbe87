#include "ops/runtime/config_help.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "mt/api/v1/options.pb.h"
#include "ops/runtime/config_value.h"

namespace mt {
namespace {

using google::protobuf::FieldDescriptor;

constexpr std::size_t kColumns = 79;
constexpr const char* kIndent = "      ";

constexpr const char* kIntroduction =
    "Every key of the configuration, with its default. It is a flag, an environment\n"
    "variable, and a key of the file under the name of the flag; a flag wins over a\n"
    "variable, a variable over the file. The texts of a list are divided by commas;\n"
    "a flag of true or false that is given alone is true.\n";

std::string number_text(double number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number, std::chars_format::fixed);
  return {text, end.ptr};
}

// "text|json" is its own best explanation.
bool is_choice(std::string_view pattern) {
  return pattern.find('|') != std::string_view::npos &&
         pattern.find_first_not_of("abcdefghijklmnopqrstuvwxyz|") == std::string_view::npos;
}

std::string enum_names(const FieldDescriptor& field) {
  std::string names;
  for (int i = 0; i < field.enum_type()->value_count(); ++i)
    names += (i == 0 ? "" : "|") + field.enum_type()->value(i)->name();
  return names;
}

std::string number_type(const api::v1::FieldRule& rule) {
  if (!rule.bounded()) return "NUMBER";
  return "NUMBER from " + number_text(rule.at_least()) + " to " + number_text(rule.at_most());
}

std::string type_of(const ConfigKey& key) {
  const FieldDescriptor& field = key.value();
  const api::v1::FieldRule& rule = field.options().GetExtension(api::v1::field);
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true|false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return enum_names(field);
    case FieldDescriptor::CPPTYPE_STRING:
      if (key.is_list()) return "TEXT,…";
      return is_choice(rule.pattern()) ? rule.pattern() : "TEXT";
    default:
      return number_type(rule);
  }
}

std::string default_of(const ConfigKey& key) {
  std::string text;
  for (const std::string& one : config_value(key)) text += (text.empty() ? "" : ",") + one;
  return text.empty() ? "none" : text;
}

// The container's own keys that stand in no section of it come first.
std::string section_of(const ConfigKey& key) {
  const std::size_t dot = key.path.find('.');
  return dot == std::string::npos ? "The container" : key.path.substr(0, dot);
}

// Words in lines that fit a terminal, each indented.
std::string in_lines(std::string_view text, const std::string& indent) {
  std::string all = indent;
  std::size_t column = indent.size();
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    if (column > indent.size() && column + 1 + word.size() > kColumns) {
      all += "\n" + indent;
      column = indent.size();
    } else if (column > indent.size()) {
      all += " ";
      ++column;
    }
    all += word;
    column += word.size();
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return all + "\n";
}

std::string key_help(const ConfigKey& key, const std::map<std::string, std::string>& aliases) {
  const auto alias = aliases.find(key.path);
  const std::string names =
      "--" + key.path + (alias == aliases.end() ? "" : ", " + alias->second) + " ";
  return "  " + names + type_of(key) + "\n" + in_lines(key.about + ".", kIndent) +
         in_lines("Default: " + default_of(key) + ". Variable: " + key.variable, kIndent);
}

}  // namespace

std::string config_help(const ConfigKeys& keys, const std::map<std::string, std::string>& aliases) {
  std::string help = kIntroduction;
  std::string open;
  for (const ConfigKey& key : keys.all()) {
    if (const std::string section = section_of(key); section != open) {
      help += "\n" + section + ":\n";
      open = section;
    }
    help += key_help(key, aliases);
  }
  return help;
}

}  // namespace mt
