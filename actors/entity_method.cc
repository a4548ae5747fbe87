#include "actors/entity_method.h"

#include "actors/api.h"
#include "bus/access.h"
#include "bus/method.h"
#include "bus/text_format.h"

namespace mt {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

// Ids are parts of keys, in which a zero byte divides; and people read them in logs.
constexpr std::size_t kLongestId = 128;

}  // namespace

const FieldDescriptor* command_case_of(const EntityType& type, const Descriptor& request) {
  for (int i = 0; i < type.command->field_count(); ++i) {
    const FieldDescriptor* field = type.command->field(i);
    if (field->message_type() == &request && field->containing_oneof() != nullptr) return field;
  }
  return nullptr;
}

Result<EntityMethod> EntityMethod::of(const MethodDescriptor& method,
                                      const FieldDescriptor& command_case, const EntityType& type) {
  const MethodRule& rule = method.options().GetExtension(api::v1::method);
  const std::string name = "method " + Method{&method, {}, {}, {}, {}}.name();
  EntityMethod made(type, command_case);
  // Without a kind it is refused with all that its rule lacks, by the dispatcher.
  if (rule.kind() == Kind::KIND_UNSPECIFIED) return made;
  if (rule.kind() != Kind::KIND_COMMAND) {
    return failed_precondition(name + ": its request is a command of entity '" + type.category +
                               "', so its kind must be KIND_COMMAND");
  }
  if (rule.entity_id().empty()) {
    return failed_precondition(
        name + ": a command of an entity needs 'entity_id' in option (mt.api.v1.method)");
  }
  MT_TRY(made.id_, request_field(method, "option entity_id", rule.entity_id()));
  made.creates_ = rule.creates();
  return made;
}

Result<std::string> EntityMethod::entity_id(const Message& request,
                                            const CommandId& command) const {
  std::string id = request.GetReflection()->GetString(request, id_);
  if (id.empty() && creates_) return entity_id_from(command);
  if (id.empty()) return invalid_field(id_->name(), "is required");
  if (!is_printable_ascii(id, kLongestId)) {
    return invalid_field(id_->name(), "must be 1 to 128 printable ASCII characters");
  }
  return id;
}

std::shared_ptr<const Message> EntityMethod::wrap(const Message& request) const {
  std::unique_ptr<Message> command = type_->fresh_command();
  command->GetReflection()->MutableMessage(command.get(), case_)->CopyFrom(request);
  return command;
}

}  // namespace mt
