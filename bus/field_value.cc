#include "bus/field_value.h"

namespace mt {

using google::protobuf::FieldDescriptor;

const std::string& FieldValue::text(std::string* scratch) const {
  const auto& reflection = *message.GetReflection();
  return element < 0 ? reflection.GetStringReference(message, field, scratch)
                     : reflection.GetRepeatedStringReference(message, field, element, scratch);
}

long double FieldValue::number() const {
  const auto& r = *message.GetReflection();
  const bool single = element < 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return single ? r.GetInt32(message, field) : r.GetRepeatedInt32(message, field, element);
    case FieldDescriptor::CPPTYPE_INT64:
      return single ? r.GetInt64(message, field) : r.GetRepeatedInt64(message, field, element);
    case FieldDescriptor::CPPTYPE_UINT32:
      return single ? r.GetUInt32(message, field) : r.GetRepeatedUInt32(message, field, element);
    case FieldDescriptor::CPPTYPE_UINT64:
      return single ? r.GetUInt64(message, field) : r.GetRepeatedUInt64(message, field, element);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return single ? r.GetDouble(message, field) : r.GetRepeatedDouble(message, field, element);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return single ? r.GetFloat(message, field) : r.GetRepeatedFloat(message, field, element);
    case FieldDescriptor::CPPTYPE_BOOL:
      return single ? r.GetBool(message, field) : r.GetRepeatedBool(message, field, element);
    case FieldDescriptor::CPPTYPE_ENUM:
      return enum_number();
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return 0;
  }
  return 0;
}

int FieldValue::enum_number() const {
  const auto& reflection = *message.GetReflection();
  return element < 0 ? reflection.GetEnumValue(message, field)
                     : reflection.GetRepeatedEnumValue(message, field, element);
}

const google::protobuf::Message& FieldValue::inner() const {
  const auto& reflection = *message.GetReflection();
  return element < 0 ? reflection.GetMessage(message, field)
                     : reflection.GetRepeatedMessage(message, field, element);
}

std::string FieldValue::as_key() const {
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    std::string scratch;
    return text(&scratch);
  }
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_BOOL) return number() != 0 ? "true" : "false";
  return field->cpp_type() == FieldDescriptor::CPPTYPE_UINT64
             ? std::to_string(static_cast<std::uint64_t>(number()))
             : std::to_string(static_cast<std::int64_t>(number()));
}

}  // namespace mt
