#include "bus/validation.h"

#include <algorithm>

#include "bus/field_value.h"
#include "bus/text_format.h"
#include "bus/type_rules.h"

namespace mt {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// More than these help nobody, and would not fit into an answer's metadata.
constexpr std::size_t kMostViolations = 100;

// Where a check stands. Lives on the stack; becomes text only when something is wrong.
struct Place {
  const Place* parent = nullptr;
  const FieldDescriptor* field = nullptr;  // null: the message itself
  int element = -1;
  const std::string* key = nullptr;  // of a map's entry

  std::string text() const {
    std::string path = parent != nullptr ? parent->text() : "";
    if (field == nullptr) return path;
    if (!path.empty()) path += '.';
    path += field->name();
    if (key != nullptr) return path + "[" + shortened(*key, 64) + "]";
    return element < 0 ? path : path + "[" + std::to_string(element) + "]";
  }
};

// What a value that holds no message breaks; empty when nothing.
std::string broken_by(const FieldCheck& check, const FieldValue& value) {
  std::string scratch;
  switch (check.field->type()) {
    case FieldDescriptor::TYPE_STRING:
      return check.broken_by_string(value.text(&scratch));
    case FieldDescriptor::TYPE_BYTES:
      return check.broken_by_bytes(value.text(&scratch));
    case FieldDescriptor::TYPE_ENUM:
      return check.broken_by_enum(value.enum_number());
    default:  // numbers of all widths
      return check.rule.bounded() ? check.broken_by_number(value.number()) : std::string();
  }
}

// A number that has presence may be zero; a string is empty either way.
bool is_empty(const FieldCheck& check, const Message& message) {
  if (check.field->cpp_type() != FieldDescriptor::CPPTYPE_STRING)
    return !message.GetReflection()->HasField(message, check.field);
  std::string scratch;
  return FieldValue{message, check.field}.text(&scratch).empty();
}

// One validation of one message.
class Visit {
 public:
  void message(const TypeRules& rules, const Message& message, const Place& at) {
    for (const FieldCheck& check : rules.checks) {
      if (check.field->is_map())
        map(check, message, at);
      else if (check.field->is_repeated())
        repeated(check, message, at);
      else
        singular(check, message, at);
    }
  }

  Result<void> outcome() && {
    if (violations_.empty()) return {};
    Error error = invalid_argument(summary());
    error.violations = std::move(violations_);
    return error;
  }

 private:
  void singular(const FieldCheck& check, const Message& message, const Place& parent) {
    const Place at{&parent, check.field};
    const bool unset =
        check.field->has_presence() && !message.GetReflection()->HasField(message, check.field);
    if (check.rule.required() && (unset || is_empty(check, message)))
      add(at, "is required");
    else if (!unset)
      value(check, {message, check.field}, at);
  }

  void repeated(const FieldCheck& check, const Message& message, const Place& parent) {
    const int size = count(check, message, parent);
    for (int i = 0; i < size; ++i)
      value(check, {message, check.field, i}, Place{&parent, check.field, i});
  }

  void map(const FieldCheck& check, const Message& message, const Place& parent) {
    const int size = count(check, message, parent);
    for (int i = 0; i < size && check.inside->can_break; ++i) {
      const Message& entry = FieldValue{message, check.field, i}.inner();
      const std::string key = FieldValue{entry, check.field->message_type()->map_key()}.as_key();
      map_entry(*check.inside, entry, Place{&parent, check.field, i, &key});
    }
  }

  // A map's entry is a message of a key and a value, but clients know it as "names[de]".
  void map_entry(const TypeRules& rules, const Message& entry, const Place& at) {
    for (const FieldCheck& check : rules.checks) {
      if (check.field->number() == 2) {
        value(check, {entry, check.field}, at);
      } else if (std::string broken = broken_by(check, {entry, check.field}); !broken.empty()) {
        add(at, "its key " + broken);
      }
    }
  }

  int count(const FieldCheck& check, const Message& message, const Place& parent) {
    const int size = message.GetReflection()->FieldSize(message, check.field);
    report({&parent, check.field}, check.broken_by_count(static_cast<std::size_t>(size)));
    return size;
  }

  void value(const FieldCheck& check, const FieldValue& value, const Place& at) {
    if (check.inside != nullptr)
      message(*check.inside, value.inner(), at);
    else
      report(at, broken_by(check, value));
  }

  void report(const Place& at, std::string broken) {
    if (!broken.empty()) add(at, std::move(broken));
  }

  void add(const Place& at, std::string broken) {
    if (++found_ <= kMostViolations) violations_.push_back({at.text(), std::move(broken)});
  }

  std::string summary() const {
    if (found_ == 1) return violations_[0].field + ": " + violations_[0].description;
    std::string text = std::to_string(found_) + " fields break their rules";
    const std::size_t shown = std::min<std::size_t>(found_, 3);
    for (std::size_t i = 0; i < shown; ++i)
      text += (i == 0 ? ": " : "; ") + violations_[i].field + ": " + violations_[i].description;
    if (found_ > shown) text += "; and " + std::to_string(found_ - shown) + " more";
    return text;
  }

  std::vector<FieldViolation> violations_;
  std::size_t found_ = 0;
};

void clear(const TypeRules& rules, Message& message) {
  const Reflection& reflection = *message.GetReflection();
  for (const FieldDescriptor* secret : rules.secrets) reflection.ClearField(&message, secret);
  for (const FieldCheck* check : rules.holding_secrets) {
    if (!check->field->is_repeated()) {
      if (reflection.HasField(message, check->field))
        clear(*check->inside, *reflection.MutableMessage(&message, check->field));
      continue;
    }
    const int size = reflection.FieldSize(message, check->field);
    for (int i = 0; i < size; ++i)
      clear(*check->inside, *reflection.MutableRepeatedMessage(&message, check->field, i));
  }
}

}  // namespace

struct Validator::Rules {
  RuleSet set;
};

Result<Validator> Validator::compile(const google::protobuf::Descriptor& type) {
  MT_TRY(RuleSet set, compile_rules(type));
  Validator validator;
  validator.rules_ = std::make_shared<const Rules>(Rules{std::move(set)});
  return validator;
}

Result<void> Validator::validate(const Message& message) const {
  Visit visit;
  visit.message(*rules_->set.root, message, Place{});
  return std::move(visit).outcome();
}

void Validator::clear_secrets(Message& message) const { clear(*rules_->set.root, message); }

bool Validator::has_secrets() const { return rules_->set.root->has_secrets; }

}  // namespace mt
