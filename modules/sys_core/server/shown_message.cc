#include "modules/sys_core/server/shown_message.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <memory>
#include <vector>

#include "mt/api/v1/options.pb.h"

namespace mt::sys_core {
namespace {

namespace pb = google::protobuf;

bool is_secret(const pb::FieldDescriptor& field) {
  return field.options().GetExtension(api::v1::field).secret();
}

void hide_secrets(pb::Message& message);

void hide_secrets_in(pb::Message& message, const pb::FieldDescriptor& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  if (is_secret(field)) {
    reflection.ClearField(&message, &field);
  } else if (field.cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE) {
    return;
  } else if (!field.is_repeated()) {
    hide_secrets(*reflection.MutableMessage(&message, &field));
  } else {
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
      hide_secrets(*reflection.MutableRepeatedMessage(&message, &field, i));
    }
  }
}

void hide_secrets(pb::Message& message) {
  std::vector<const pb::FieldDescriptor*> set;
  message.GetReflection()->ListFields(message, &set);
  for (const pb::FieldDescriptor* field : set) hide_secrets_in(message, *field);
}

}  // namespace

pb::Struct unreadable(const std::string& why) {
  pb::Struct shown;
  (*shown.mutable_fields())["unreadable"].set_string_value(why);
  return shown;
}

pb::Struct shown_message(const pb::Descriptor& type, std::string_view bytes,
                         const std::string& what) {
  const std::unique_ptr<pb::Message> message(
      pb::MessageFactory::generated_factory()->GetPrototype(&type)->New());
  if (!message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return unreadable("the " + what + " does not parse");
  }
  hide_secrets(*message);
  std::string json;
  pb::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (!pb::util::MessageToJsonString(*message, &json, options).ok()) {
    return unreadable("the " + what + " has no JSON form");
  }
  pb::Struct shown;
  if (!pb::util::JsonStringToMessage(json, &shown).ok()) {
    return unreadable("the " + what + "'s JSON form is not an object");
  }
  return shown;
}

}  // namespace mt::sys_core
