#include "actors/live_source.h"

namespace mt {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

Error wrong_shape(const MethodDescriptor& method, const std::string& why) {
  return failed_precondition("live query " + method.full_name() + ": " + why);
}

// The only field of that message type, once or as a list; null when there is none, or a second one.
const FieldDescriptor* only_field(const Descriptor& message, const Descriptor& type, bool is_list) {
  const FieldDescriptor* only = nullptr;
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor* field = message.field(i);
    if (field->message_type() != &type || field->is_repeated() != is_list) continue;
    if (only != nullptr) return nullptr;
    only = field;
  }
  return only;
}

}  // namespace

Result<LiveShape> LiveShape::of(const MethodDescriptor& method, const Descriptor& row) {
  const Descriptor& request = *method.input_type();
  const Descriptor& response = *method.output_type();
  LiveShape shape;
  shape.resume = request.FindFieldByName("resume");
  if (shape.resume == nullptr || shape.resume->type() != FieldDescriptor::TYPE_STRING ||
      shape.resume->is_repeated()) {
    return wrong_shape(method, request.full_name() + " needs a field 'string resume'");
  }
  shape.live = only_field(response, *api::v1::Live::descriptor(), false);
  if (shape.live == nullptr) {
    return wrong_shape(method, response.full_name() + " needs one field of mt.api.v1.Live");
  }
  shape.rows = only_field(response, row, true);
  if (shape.rows == nullptr) {
    return wrong_shape(
        method, response.full_name() + " needs one field 'repeated " + row.full_name() + "'");
  }
  return shape;
}

std::string LiveShape::resume_of(const google::protobuf::Message& request) const {
  return request.GetReflection()->GetString(request, resume);
}

api::v1::Live& LiveShape::live_of(google::protobuf::Message& response) const {
  return static_cast<api::v1::Live&>(*response.GetReflection()->MutableMessage(&response, live));
}

}  // namespace mt
