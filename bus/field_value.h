// One value inside a message, by reflection: of a singular field, or one element of a repeated one.
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace mt {

struct FieldValue {
  const google::protobuf::Message& message;
  const google::protobuf::FieldDescriptor* field;
  int element = -1;  // below 0: the field is singular

  // Of strings and bytes. `scratch` may or may not be used to hold it.
  const std::string& text(std::string* scratch) const;
  // Of numbers; exact for 64-bit integers too.
  long double number() const;
  // Of enums, declared or not.
  int enum_number() const;
  const google::protobuf::Message& inner() const;
  // As a map's key is written: digits, true, or the string itself.
  std::string as_key() const;
};

}  // namespace mt
