// The keys of a configuration, derived from its messages: their path ("grpc.tls.key", which is also
// the flag) and their environment variable ("MT_GRPC_TLS_KEY"). The container's own section has no
// name; each module's is named after it.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace mt {

// One message of the configuration. It holds the defaults and is filled in place.
struct ConfigSection {
  std::string name;  // empty: the container's own
  google::protobuf::Message* message = nullptr;
};

struct ConfigKey {
  std::string path;
  std::string variable;
  std::string about;  // one plain line
  google::protobuf::Message* root = nullptr;
  std::vector<const google::protobuf::FieldDescriptor*> fields;  // from the root down to the value

  const google::protobuf::FieldDescriptor& value() const { return *fields.back(); }
  bool is_list() const { return value().is_repeated(); }
};

class ConfigKeys {
 public:
  // INTERNAL naming the field when one is of a kind that cannot be written as text (a map, a list
  // of messages) or does not say what it is about, or when two keys would have one name.
  static Result<ConfigKeys> of(const std::vector<ConfigSection>& sections);

  const std::vector<ConfigKey>& all() const { return keys_; }
  const ConfigKey* find(std::string_view path) const;
  const ConfigKey* find_variable(std::string_view variable) const;
  // Whether keys stand below that path.
  bool is_section(std::string_view path) const;

  // "; the nearest is 'grpc.listen'" of the keys and sections of the same depth, or else
  // "; grpc has listen, socket, …" when it stands in a section; nothing when neither helps.
  std::string hint(std::string_view unknown_path) const;
  std::string hint_variable(std::string_view unknown_variable) const;

 private:
  Result<void> add(const std::string& path, ConfigKey above);
  // Keys and sections, each once, that stand right below that path.
  std::vector<std::string> names_in(std::string_view section) const;

  std::vector<ConfigKey> keys_;  // in the order of the messages
};

// The one of `known` that takes the fewest edits, when they are few; nothing otherwise.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace mt
