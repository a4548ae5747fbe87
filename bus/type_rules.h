// The compiled field rules of one message type. Made by compile_rules, read by Validator; never
// changed after that, so any thread may read them.
#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "mt/api/v1/options.pb.h"

namespace re2 {
class RE2;
}

namespace mt {

struct TypeRules;

// One field, and what must hold for it.
struct FieldCheck {
  const google::protobuf::FieldDescriptor* field = nullptr;
  api::v1::FieldRule rule;
  std::shared_ptr<const re2::RE2> pattern;  // null: none
  const TypeRules* inside = nullptr;        // of a message, an element, or a map's entry

  bool counts_elements() const { return field->is_repeated(); }
  // What the value says beside "is required"; empty when all its rules hold.
  std::string broken_by_string(std::string_view value) const;
  std::string broken_by_bytes(std::string_view value) const;
  std::string broken_by_number(long double value) const;
  std::string broken_by_enum(int value) const;
  std::string broken_by_count(std::size_t elements) const;
};

struct TypeRules {
  std::vector<FieldCheck> checks;  // only fields that can break a rule, themselves or inside
  std::vector<const google::protobuf::FieldDescriptor*> secrets;
  std::vector<const FieldCheck*> holding_secrets;  // point into `fields`
  std::vector<FieldCheck> fields;                  // every field of the type
  bool can_break = false;
  bool has_secrets = false;
};

// Of a message type and all types inside it.
struct RuleSet {
  std::map<const google::protobuf::Descriptor*, std::unique_ptr<TypeRules>> types;
  const TypeRules* root = nullptr;
};

// INTERNAL naming the field whose rule cannot be: a pattern that does not compile, a rule of
// strings on a number.
Result<RuleSet> compile_rules(const google::protobuf::Descriptor& type);

}  // namespace mt
