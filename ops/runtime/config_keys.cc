#include "ops/runtime/config_keys.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <set>
#include <utility>

#include "mt/api/v1/config.pb.h"

namespace mt {
namespace {

using google::protobuf::FieldDescriptor;

std::string variable_of(std::string_view path) {
  std::string variable = "MT_";
  for (const char c : path)
    variable += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return variable;
}

std::string below(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

std::size_t dots_in(std::string_view path) {
  return static_cast<std::size_t>(std::ranges::count(path, '.'));
}

// "grpc.tls" of "grpc.tls.key" and 2.
std::string first_names(const std::string& path, std::size_t count) {
  std::size_t end = path.find('.');
  for (std::size_t i = 1; i < count && end != std::string::npos; ++i) end = path.find('.', end + 1);
  return path.substr(0, end);
}

std::string in_line(const std::vector<std::string>& names) {
  std::string line;
  for (const std::string& name : names) line += (line.empty() ? "" : ", ") + name;
  return line;
}

std::string as_hint(const std::string& near) {
  return near.empty() ? "" : "; the nearest is '" + near + "'";
}

Result<void> check_unique(const std::vector<ConfigKey>& keys) {
  std::set<std::string_view> variables;
  for (const ConfigKey& key : keys) {
    if (!variables.insert(key.variable).second)
      return internal("two keys of the configuration would have the variable " + key.variable +
                      ", one of them '" + key.path + "'; rename one");
  }
  return {};
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  const std::size_t few = std::max<std::size_t>(2, word.size() / 4);
  std::string best;
  std::size_t best_edits = few + 1;
  for (const std::string& candidate : known) {
    const std::size_t edits = edits_between(word, candidate);
    if (edits < best_edits) {
      best = candidate;
      best_edits = edits;
    }
  }
  return best;
}

Result<ConfigKeys> ConfigKeys::of(const std::vector<ConfigSection>& sections) {
  ConfigKeys keys;
  for (const ConfigSection& section : sections) {
    ConfigKey above;
    above.root = section.message;
    MT_CHECK_OK(keys.add(section.name, above));
  }
  MT_CHECK_OK(check_unique(keys.keys_));
  return keys;
}

Result<void> ConfigKeys::add(const std::string& path, ConfigKey above) {
  const auto* type =
      above.fields.empty() ? above.root->GetDescriptor() : above.fields.back()->message_type();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    ConfigKey key = above;
    key.fields.push_back(field);
    key.path = below(path, field->name());
    key.variable = variable_of(key.path);
    const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (is_message && field->is_repeated())
      return internal("configuration field " + field->full_name() +
                      " is a list of messages, which no flag could give; use plain values");
    if (is_message) {
      MT_CHECK_OK(add(key.path, key));
    } else {
      key.about = field->options().GetExtension(api::v1::about);
      if (key.about.empty())
        return internal("configuration field " + field->full_name() +
                        " does not say what it is about; give it (mt.api.v1.about)");
      keys_.push_back(std::move(key));
    }
  }
  return {};
}

const ConfigKey* ConfigKeys::find(std::string_view path) const {
  const auto found = std::ranges::find(keys_, path, &ConfigKey::path);
  return found == keys_.end() ? nullptr : &*found;
}

const ConfigKey* ConfigKeys::find_variable(std::string_view variable) const {
  const auto found = std::ranges::find(keys_, variable, &ConfigKey::variable);
  return found == keys_.end() ? nullptr : &*found;
}

bool ConfigKeys::is_section(std::string_view path) const {
  const std::string begin = std::string(path) + ".";
  return std::ranges::any_of(keys_, [&](const auto& key) { return key.path.starts_with(begin); });
}

std::vector<std::string> ConfigKeys::names_in(std::string_view section) const {
  const std::string begin = section.empty() ? "" : std::string(section) + ".";
  std::vector<std::string> names;
  for (const ConfigKey& key : keys_) {
    if (!key.path.starts_with(begin)) continue;
    std::string name =
        key.path.substr(begin.size(), key.path.find('.', begin.size()) - begin.size());
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  return names;
}

std::string ConfigKeys::hint(std::string_view unknown_path) const {
  const std::size_t depth = dots_in(unknown_path);
  std::vector<std::string> known;
  for (const ConfigKey& key : keys_) {
    const std::string as_deep = first_names(key.path, depth + 1);
    if (dots_in(as_deep) == depth) known.push_back(as_deep);
  }
  if (const std::string near = nearest(unknown_path, known); !near.empty()) return as_hint(near);
  const std::size_t dot = unknown_path.rfind('.');
  if (dot == std::string_view::npos) return "";
  const std::string_view section = unknown_path.substr(0, dot);
  const std::string names = in_line(names_in(section));
  return names.empty() ? hint(section) : "; " + std::string(section) + " has " + names;
}

std::string ConfigKeys::hint_variable(std::string_view unknown_variable) const {
  std::vector<std::string> known;
  for (const ConfigKey& key : keys_) known.push_back(key.variable);
  return as_hint(nearest(unknown_variable, known));
}

}  // namespace mt
