#include "ops/runtime/config_value.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace mt {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <typename Number>
std::optional<Number> to_number(const std::string& text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  if (failure != std::errc() || stop != end) return std::nullopt;
  if constexpr (std::is_floating_point_v<Number>) {
    if (!std::isfinite(number)) return std::nullopt;
  }
  return number;
}

template <typename Number>
std::string from_number(Number number) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, number).ptr};
}

template <typename Number>
std::string whole_numbers() {
  return "a whole number from " + std::to_string(std::numeric_limits<Number>::min()) + " to " +
         std::to_string(std::numeric_limits<Number>::max());
}

std::string expected_of(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return whole_numbers<std::int32_t>();
    case FieldDescriptor::CPPTYPE_INT64:
      return whole_numbers<std::int64_t>();
    case FieldDescriptor::CPPTYPE_UINT32:
      return whole_numbers<std::uint32_t>();
    case FieldDescriptor::CPPTYPE_UINT64:
      return whole_numbers<std::uint64_t>();
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "a number";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_ENUM: {
      std::string names = "one of";
      for (int i = 0; i < field.enum_type()->value_count(); ++i)
        names += (i == 0 ? " " : ", ") + field.enum_type()->value(i)->name();
      return names;
    }
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "text";
  }
  return "text";
}

// Sets or adds the number that `text` says; false when it says none of that type.
template <typename Number, typename Set, typename Add>
bool put_number(Message& in, const FieldDescriptor& field, const std::string& text, Set set,
                Add add) {
  const auto number = to_number<Number>(text);
  if (!number) return false;
  const Reflection& reflection = *in.GetReflection();
  if (field.is_repeated()) {
    (reflection.*add)(&in, &field, *number);
  } else {
    (reflection.*set)(&in, &field, *number);
  }
  return true;
}

bool put_bool(Message& in, const FieldDescriptor& field, const std::string& text) {
  if (text != "true" && text != "false") return false;
  const Reflection& reflection = *in.GetReflection();
  if (field.is_repeated()) {
    reflection.AddBool(&in, &field, text == "true");
  } else {
    reflection.SetBool(&in, &field, text == "true");
  }
  return true;
}

bool put_enum(Message& in, const FieldDescriptor& field, const std::string& text) {
  const auto* value = field.enum_type()->FindValueByName(text);
  if (value == nullptr) return false;
  const Reflection& reflection = *in.GetReflection();
  if (field.is_repeated()) {
    reflection.AddEnum(&in, &field, value);
  } else {
    reflection.SetEnum(&in, &field, value);
  }
  return true;
}

bool put_text(Message& in, const FieldDescriptor& field, const std::string& text) {
  const Reflection& reflection = *in.GetReflection();
  if (field.is_repeated()) {
    reflection.AddString(&in, &field, text);
  } else {
    reflection.SetString(&in, &field, text);
  }
  return true;
}

bool put(Message& in, const FieldDescriptor& field, const std::string& text) {
  using R = Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return put_number<std::int32_t>(in, field, text, &R::SetInt32, &R::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return put_number<std::int64_t>(in, field, text, &R::SetInt64, &R::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return put_number<std::uint32_t>(in, field, text, &R::SetUInt32, &R::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return put_number<std::uint64_t>(in, field, text, &R::SetUInt64, &R::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return put_number<double>(in, field, text, &R::SetDouble, &R::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return put_number<float>(in, field, text, &R::SetFloat, &R::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL:
      return put_bool(in, field, text);
    case FieldDescriptor::CPPTYPE_ENUM:
      return put_enum(in, field, text);
    case FieldDescriptor::CPPTYPE_STRING:
      return put_text(in, field, text);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return false;
  }
  return false;
}

// The value, or element `i` of a list.
std::string text_of(const Message& in, const FieldDescriptor& field, int i) {
  const Reflection& reflection = *in.GetReflection();
  const auto read = [&](auto get, auto get_repeated) {
    return field.is_repeated() ? (reflection.*get_repeated)(in, &field, i)
                               : (reflection.*get)(in, &field);
  };
  using R = Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return from_number(read(&R::GetInt32, &R::GetRepeatedInt32));
    case FieldDescriptor::CPPTYPE_INT64:
      return from_number(read(&R::GetInt64, &R::GetRepeatedInt64));
    case FieldDescriptor::CPPTYPE_UINT32:
      return from_number(read(&R::GetUInt32, &R::GetRepeatedUInt32));
    case FieldDescriptor::CPPTYPE_UINT64:
      return from_number(read(&R::GetUInt64, &R::GetRepeatedUInt64));
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return from_number(read(&R::GetDouble, &R::GetRepeatedDouble));
    case FieldDescriptor::CPPTYPE_FLOAT:
      return from_number(read(&R::GetFloat, &R::GetRepeatedFloat));
    case FieldDescriptor::CPPTYPE_BOOL:
      return read(&R::GetBool, &R::GetRepeatedBool) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return read(&R::GetEnum, &R::GetRepeatedEnum)->name();
    case FieldDescriptor::CPPTYPE_STRING:
      return read(&R::GetString, &R::GetRepeatedString);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return "";
  }
  return "";
}

// The message that holds the value itself.
Message& holder_of(const ConfigKey& key) {
  Message* holder = key.root;
  for (std::size_t i = 0; i + 1 < key.fields.size(); ++i)
    holder = holder->GetReflection()->MutableMessage(holder, key.fields[i]);
  return *holder;
}

}  // namespace

std::string expected_of(const ConfigKey& key) {
  const std::string one = expected_of(key.value());
  return key.is_list() ? "a list of " + one : one;
}

Result<void> set_config_value(const ConfigKey& key, const std::vector<std::string>& texts) {
  if (!key.is_list() && texts.size() != 1)
    return invalid_argument("expected " + expected_of(key) + ", found " +
                            std::to_string(texts.size()) + " values");
  Message& holder = holder_of(key);
  if (key.is_list()) holder.GetReflection()->ClearField(&holder, &key.value());
  for (const std::string& text : texts) {
    if (!put(holder, key.value(), text))
      return invalid_argument("expected " + expected_of(key) + ", found '" + text + "'");
  }
  return {};
}

std::vector<std::string> config_value(const ConfigKey& key) {
  const Message& holder = holder_of(key);
  if (!key.is_list()) return {text_of(holder, key.value(), 0)};
  std::vector<std::string> texts;
  const int size = holder.GetReflection()->FieldSize(holder, &key.value());
  for (int i = 0; i < size; ++i) texts.push_back(text_of(holder, key.value(), i));
  return texts;
}

bool is_text(const ConfigKey& key) {
  return key.value().cpp_type() == FieldDescriptor::CPPTYPE_STRING;
}

}  // namespace mt
