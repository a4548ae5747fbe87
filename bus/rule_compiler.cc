// Compiles the rules of a message type and of all types inside it, and leaves out what can never be
// broken, so that a check at run time visits only fields that matter.
#include <re2/re2.h>

#include "bus/type_rules.h"

namespace mt {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

Error wrong_rule(const FieldDescriptor& field, const std::string& why) {
  return internal("rule of " + field.full_name() + ": " + why);
}

bool is_number(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return false;
  }
  return false;
}

bool is_text(const FieldDescriptor& field) { return field.type() == FieldDescriptor::TYPE_STRING; }

// A rule of one kind of field on another is a mistake of the .proto's author.
Result<void> check_fits(const FieldDescriptor& field, const api::v1::FieldRule& rule) {
  const bool has_length =
      field.is_repeated() || field.cpp_type() == FieldDescriptor::CPPTYPE_STRING;
  if ((rule.min_len() != 0 || rule.max_len() != 0) && !has_length)
    return wrong_rule(field, "min_len and max_len are for strings, bytes and repeated fields");
  if (rule.max_len() != 0 && rule.min_len() > rule.max_len())
    return wrong_rule(field, "min_len is above max_len");
  if ((!rule.pattern().empty() || rule.email() || rule.identifier()) && !is_text(field))
    return wrong_rule(field, "pattern, email and identifier are for strings");
  if (rule.bounded() && !is_number(field)) return wrong_rule(field, "bounded is for numbers");
  if (!rule.bounded() && (rule.at_least() != 0 || rule.at_most() != 0))
    return wrong_rule(field, "at_least and at_most need bounded: true");
  if (rule.bounded() && !(rule.at_least() <= rule.at_most()))
    return wrong_rule(field, "at_least is above at_most");
  if (rule.defined_only() && field.cpp_type() != FieldDescriptor::CPPTYPE_ENUM)
    return wrong_rule(field, "defined_only is for enums");
  return {};
}

Result<std::shared_ptr<const re2::RE2>> compile_pattern(const FieldDescriptor& field,
                                                        const std::string& pattern) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(pattern, options);
  if (!compiled->ok())
    return wrong_rule(field, "pattern " + pattern + " does not compile: " + compiled->error());
  return compiled;
}

bool can_break_itself(const FieldCheck& check) {
  const api::v1::FieldRule& rule = check.rule;
  return is_text(*check.field) || rule.required() || rule.min_len() != 0 || rule.max_len() != 0 ||
         rule.bounded() || rule.defined_only();
}

class Compiler {
 public:
  Result<const TypeRules*> compile(const Descriptor& type) {
    auto& slot = set_.types[&type];
    if (slot != nullptr) return slot.get();  // also the way out of recursive types
    slot = std::make_unique<TypeRules>();
    TypeRules& rules = *slot;
    for (int i = 0; i < type.field_count(); ++i) {
      MT_TRY(FieldCheck check, compile_field(*type.field(i)));
      rules.fields.push_back(std::move(check));
    }
    return &rules;
  }

  RuleSet finish(const TypeRules& root) && {
    while (spread()) {
    }
    for (auto& [type, rules] : set_.types) keep_what_matters(*rules);
    set_.root = &root;
    return std::move(set_);
  }

 private:
  Result<FieldCheck> compile_field(const FieldDescriptor& field) {
    FieldCheck check{&field, field.options().GetExtension(api::v1::field), nullptr, nullptr};
    MT_CHECK_OK(check_fits(field, check.rule));
    if (!check.rule.pattern().empty()) {
      MT_TRY(check.pattern, compile_pattern(field, check.rule.pattern()));
    }
    if (field.message_type() != nullptr) {
      MT_TRY(check.inside, compile(*field.message_type()));
    }
    return check;
  }

  // One round of: a type can break, or holds secrets, when a field does or a type inside it. Types
  // may contain each other, so rounds go on until nothing changes.
  bool spread() {
    bool changed = false;
    for (auto& [type, rules] : set_.types) {
      for (const FieldCheck& check : rules->fields) {
        const bool breaks = can_break_itself(check) || (check.inside && check.inside->can_break);
        const bool secret = check.rule.secret() || (check.inside && check.inside->has_secrets);
        changed |= (breaks && !rules->can_break) || (secret && !rules->has_secrets);
        rules->can_break |= breaks;
        rules->has_secrets |= secret;
      }
    }
    return changed;
  }

  static void keep_what_matters(TypeRules& rules) {
    for (const FieldCheck& check : rules.fields) {
      if (can_break_itself(check) || (check.inside && check.inside->can_break))
        rules.checks.push_back(check);
      if (check.rule.secret())
        rules.secrets.push_back(check.field);
      else if (check.inside && check.inside->has_secrets)
        rules.holding_secrets.push_back(&check);
    }
  }

  RuleSet set_;
};

}  // namespace

Result<RuleSet> compile_rules(const Descriptor& type) {
  Compiler compiler;
  MT_TRY(const TypeRules* root, compiler.compile(type));
  return std::move(compiler).finish(*root);
}

}  // namespace mt
