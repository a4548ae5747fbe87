#include "ops/runtime/config_yaml.h"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace mt {
namespace {

constexpr std::uintmax_t kLongestFile = 1 << 20;

Result<std::string> read_text(const std::filesystem::path& file) {
  std::error_code failure;
  const std::uintmax_t size = std::filesystem::file_size(file, failure);
  if (!failure && size > kLongestFile)
    return invalid_argument(file.string() + ": is over 1 MiB long; is this the configuration?");
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (failure || !in)
    return invalid_argument(file.string() + ": cannot be read: " +
                            (failure ? failure.message() : std::string(std::strerror(errno))));
  return text.str();
}

std::string shape_of(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Map:
      return "a section";
    case YAML::NodeType::Sequence:
      return "a list";
    case YAML::NodeType::Scalar:
      return "'" + node.Scalar() + "'";
    case YAML::NodeType::Null:
    case YAML::NodeType::Undefined:
      return "nothing";
  }
  return "nothing";
}

class Reader {
 public:
  Reader(std::string file, const ConfigKeys& keys) : file_(std::move(file)), keys_(keys) {}

  Result<void> read_section(const YAML::Node& section, const std::string& path) {
    std::map<std::string, YAML::Mark> seen;
    for (const auto& entry : section) {
      if (!entry.first.IsScalar())
        return refuse(entry.first, "a key must be a word, found " + shape_of(entry.first));
      const std::string& name = entry.first.Scalar();
      const auto [first, is_new] = seen.emplace(name, entry.first.Mark());
      const std::string inner = path.empty() ? name : path + "." + name;
      if (!is_new)
        return refuse(entry.first, inner + ": stands here and in line " +
                                       std::to_string(first->second.line + 1) + "; keep one");
      MT_CHECK_OK(read_entry(entry.first, entry.second, inner));
    }
    return {};
  }

  std::vector<ConfigAssignment> take() { return std::move(assignments_); }

 private:
  Result<void> read_entry(const YAML::Node& name, const YAML::Node& value,
                          const std::string& path) {
    if (const ConfigKey* key = keys_.find(path)) return read_value(name, value, *key);
    if (!keys_.is_section(path))
      return refuse(name, "unknown key '" + path + "'" + keys_.hint(path));
    if (value.IsNull()) return {};  // a section whose lines are all comments
    if (!value.IsMap())
      return refuse(name, path + ": expected a section of keys, found " + shape_of(value));
    return read_section(value, path);
  }

  Result<void> read_value(const YAML::Node& name, const YAML::Node& value, const ConfigKey& key) {
    ConfigAssignment assignment{&key, {}, where(name)};
    const bool fits = key.is_list() ? value.IsSequence() : value.IsScalar();
    if (!fits) return refuse_value(name, value, key);
    if (!key.is_list()) {
      if (!is_plain_enough(value, key)) return refuse_value(name, value, key);
      assignment.texts.push_back(value.Scalar());
    }
    for (const YAML::Node& element : key.is_list() ? value : YAML::Node()) {
      if (!element.IsScalar() || !is_plain_enough(element, key))
        return refuse_value(element, element, key);
      assignment.texts.push_back(element.Scalar());
    }
    assignments_.push_back(std::move(assignment));
    return {};
  }

  // "5" in quotes is text to YAML, and so no number to us.
  static bool is_plain_enough(const YAML::Node& scalar, const ConfigKey& key) {
    return is_text(key) || scalar.Tag() != "!";
  }

  Error refuse_value(const YAML::Node& at, const YAML::Node& value, const ConfigKey& key) const {
    std::string text = key.path + ": expected " + expected_of(key) + ", found " + shape_of(value);
    if (value.IsScalar() && !key.is_list()) text += " in quotes";
    if (value.IsNull() && is_text(key)) text += R"(; write "" for no text)";
    return refuse(at, text);
  }

  Error refuse(const YAML::Node& at, const std::string& what) const {
    return invalid_argument(where(at) + ": " + what);
  }

  std::string where(const YAML::Node& node) const {
    return file_ + ":" + std::to_string(node.Mark().line + 1);
  }

  std::string file_;
  const ConfigKeys& keys_;
  std::vector<ConfigAssignment> assignments_;
};

Result<std::vector<ConfigAssignment>> read_documents(const std::string& file,
                                                     const std::vector<YAML::Node>& documents,
                                                     const ConfigKeys& keys) {
  if (documents.size() > 1)
    return invalid_argument(file + ": holds " + std::to_string(documents.size()) +
                            " documents; the configuration is one");
  Reader reader(file, keys);
  for (const YAML::Node& root : documents) {
    if (root.IsNull()) continue;
    if (!root.IsMap())
      return invalid_argument(file + ":1: expected keys and values, found " + shape_of(root));
    MT_CHECK_OK(reader.read_section(root, ""));
  }
  return reader.take();
}

// Double quotes: JSON's escapes are YAML's.
std::string quoted(const std::string& text) {
  YAML::Emitter out;
  out << YAML::DoubleQuoted << text;
  return out.c_str();
}

std::string value_as_yaml(const ConfigKey& key) {
  std::string list;
  for (const std::string& text : config_value(key)) {
    const std::string one = is_text(key) ? quoted(text) : text;
    if (!key.is_list()) return one;
    list += (list.empty() ? "" : ", ") + one;
  }
  return "[" + list + "]";
}

std::vector<std::string> split_path(const std::string& path) {
  std::vector<std::string> names(1);
  for (const char c : path) {
    if (c == '.') {
      names.emplace_back();
    } else {
      names.back() += c;
    }
  }
  return names;
}

}  // namespace

Result<std::vector<ConfigAssignment>> read_config_file(const std::filesystem::path& file,
                                                       const ConfigKeys& keys) {
  MT_TRY(const std::string text, read_text(file));
  try {
    return read_documents(file.string(), YAML::LoadAll(text), keys);
  } catch (const YAML::Exception& failure) {
    return invalid_argument(file.string() + ":" + std::to_string(failure.mark.line + 1) +
                            ": is no YAML: " + failure.msg);
  }
}

std::string config_as_yaml(const ConfigKeys& keys,
                           const std::map<std::string, std::string>& origins) {
  std::string yaml;
  std::vector<std::string> open;  // sections
  for (const ConfigKey& key : keys.all()) {
    std::vector<std::string> names = split_path(key.path);
    const std::string name = std::move(names.back());
    names.pop_back();
    std::size_t common = 0;
    while (common < open.size() && common < names.size() && open[common] == names[common]) ++common;
    for (std::size_t depth = common; depth < names.size(); ++depth)
      yaml += std::string(2 * depth, ' ') + names[depth] + ":\n";
    yaml += std::string(2 * names.size(), ' ') + name + ": " + value_as_yaml(key);
    if (const auto origin = origins.find(key.path); origin != origins.end())
      yaml += "  # " + origin->second;
    yaml += "\n";
    open = std::move(names);
  }
  return yaml;
}

}  // namespace mt
