#include "ops/mtctl/json_text.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "bus/field_value.h"

namespace mt::mtctl {
namespace {

namespace pb = google::protobuf;
using Field = pb::FieldDescriptor;

void append_unicode_escape(std::string& out, unsigned code) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u00";
  out += {kDigits[(code >> 4) & 15], kDigits[code & 15]};
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group =
          (group << 8) | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      text += at + i > bytes.size() ? '=' : kDigits[(group >> (18 - 6 * i)) & 63];
  }
  return text;
}

// The shortest text that reads back as the same number.
template <typename Real>
std::string real_text(Real number) {
  if (std::isnan(number)) return "\"NaN\"";
  if (std::isinf(number)) return number > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  std::array<char, 64> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

std::string enum_text(const FieldValue& value) {
  const int number = value.enum_number();
  const auto* named = value.field->enum_type()->FindValueByNumber(number);
  return named == nullptr ? std::to_string(number) : quoted(named->name());
}

// `double` and `float` are read as they are stored: a wider type would show digits that nobody
// wrote.
std::string real_value(const FieldValue& value) {
  const auto& reflection = *value.message.GetReflection();
  const bool single = value.element < 0;
  if (value.field->cpp_type() == Field::CPPTYPE_FLOAT)
    return real_text(single
                         ? reflection.GetFloat(value.message, value.field)
                         : reflection.GetRepeatedFloat(value.message, value.field, value.element));
  return real_text(single
                       ? reflection.GetDouble(value.message, value.field)
                       : reflection.GetRepeatedDouble(value.message, value.field, value.element));
}

std::string value_text(const FieldValue& value) {
  std::string scratch;
  switch (value.field->cpp_type()) {
    case Field::CPPTYPE_STRING:
      if (value.field->type() == Field::TYPE_BYTES) return '"' + base64(value.text(&scratch)) + '"';
      return quoted(value.text(&scratch));
    case Field::CPPTYPE_MESSAGE:
      return to_json(value.inner());
    case Field::CPPTYPE_ENUM:
      return enum_text(value);
    case Field::CPPTYPE_DOUBLE:
    case Field::CPPTYPE_FLOAT:
      return real_value(value);
    case Field::CPPTYPE_BOOL:
    case Field::CPPTYPE_INT32:
    case Field::CPPTYPE_INT64:
    case Field::CPPTYPE_UINT32:
    case Field::CPPTYPE_UINT64:
      break;
  }
  return value.as_key();
}

std::string map_text(const pb::Message& message, const Field& field) {
  std::vector<std::pair<std::string, std::string>> entries;
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i) {
    const pb::Message& entry = message.GetReflection()->GetRepeatedMessage(message, &field, i);
    const FieldValue key{entry, field.message_type()->map_key()};
    entries.emplace_back(key.as_key(), value_text({entry, field.message_type()->map_value()}));
  }
  std::ranges::sort(entries);
  std::string text = "{";
  for (const auto& [key, value] : entries)
    text += (text.size() > 1 ? "," : "") + quoted(key) + ":" + value;
  return text + "}";
}

std::string list_text(const pb::Message& message, const Field& field) {
  std::string text = "[";
  for (int i = 0; i < message.GetReflection()->FieldSize(message, &field); ++i)
    text += (i > 0 ? "," : "") + value_text({message, &field, i});
  return text + "]";
}

std::string field_text(const pb::Message& message, const Field& field) {
  if (field.is_map()) return map_text(message, field);
  if (field.is_repeated()) return list_text(message, field);
  return value_text({message, &field});
}

std::string object_text(const pb::Message& message) {
  std::string text = "{";
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const Field& field = *message.GetDescriptor()->field(i);
    const bool absent = !field.is_repeated() && field.has_presence() &&
                        !message.GetReflection()->HasField(message, &field);
    if (absent) continue;
    text += (text.size() > 1 ? "," : "") + quoted(field.name()) + ":" + field_text(message, field);
  }
  return text + "}";
}

// google.protobuf.Value: whichever of its kinds is set.
std::string any_value_text(const pb::Message& value) {
  const pb::OneofDescriptor* kinds = value.GetDescriptor()->oneof_decl(0);
  const Field* kind = value.GetReflection()->GetOneofFieldDescriptor(value, kinds);
  if (kind == nullptr || kind->name() == "null_value") return "null";
  return value_text({value, kind});
}

// Timestamps, durations and the like have a form of their own.
std::string well_known_text(const pb::Message& message) {
  std::string json;
  if (!pb::util::MessageToJsonString(message, &json).ok()) return object_text(message);
  return json;
}

}  // namespace

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0u;
    if (byte == '"' || byte == '\\') {
      out += {'\\', text[i]};
    } else if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      append_unicode_escape(out, byte);
    } else if (byte == 0xc2 && next >= 0x80 && next < 0xa0) {  // C1 controls steer terminals too
      append_unicode_escape(out, next);
      ++i;
    } else {
      out += text[i];
    }
  }
  return out + '"';
}

std::string to_json(const google::protobuf::Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (!type.starts_with("google.protobuf.")) return object_text(message);
  if (type == "google.protobuf.Value") return any_value_text(message);
  if (type == "google.protobuf.Struct" || type == "google.protobuf.ListValue")
    return field_text(message, *message.GetDescriptor()->field(0));
  return well_known_text(message);
}

std::string indented(std::string_view json, std::size_t depth) {
  std::string out(depth * 2, ' ');
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (in_string) {
      out += c;
      if (c == '\\' && i + 1 < json.size()) out += json[++i];
      in_string = c != '"';
    } else if ((c == '{' || c == '[') && i + 1 < json.size() &&
               (json[i + 1] == '}' || json[i + 1] == ']')) {
      out += {c, json[++i]};
    } else if (c == '{' || c == '[') {
      out += c;
      out += '\n' + std::string(++depth * 2, ' ');
    } else if (c == '}' || c == ']') {
      out += '\n' + std::string(--depth * 2, ' ') + c;
    } else if (c == ',') {
      out += ",\n" + std::string(depth * 2, ' ');
    } else {
      out += c == ':' ? std::string(": ") : std::string(1, c);
      in_string = c == '"';
    }
  }
  return out;
}

}  // namespace mt::mtctl
