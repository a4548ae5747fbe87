// EntityMethod: one command method of an entity. It turns the method's request into the command
// that the entity's host takes: wrapped into its oneof, with the entity's id. Pure.
#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>

#include "actors/entity.h"
#include "bus/call.h"

namespace mt {

// The case of the entity's commands that holds such a request; null when there is none.
const google::protobuf::FieldDescriptor* command_case_of(
    const EntityType& type, const google::protobuf::Descriptor& request);

class EntityMethod {
 public:
  // FAILED_PRECONDITION naming the method when it is no command, or its rule names no request field
  // with the entity's id.
  static Result<EntityMethod> of(const google::protobuf::MethodDescriptor& method,
                                 const google::protobuf::FieldDescriptor& command_case,
                                 const EntityType& type);

  // The id that the request names; without one, and when the method creates, the one made from the
  // command id. INVALID_ARGUMENT naming the field when there is none, or it is no id.
  Result<std::string> entity_id(const Message& request, const CommandId& command) const;
  // The oneof message of the entity's commands that holds the request.
  std::shared_ptr<const Message> wrap(const Message& request) const;

  const EntityType& type() const { return *type_; }
  bool creates() const { return creates_; }

 private:
  EntityMethod(const EntityType& type, const google::protobuf::FieldDescriptor& command_case)
      : type_(&type), case_(&command_case) {}

  const EntityType* type_;
  const google::protobuf::FieldDescriptor* case_;
  const google::protobuf::FieldDescriptor* id_ = nullptr;
  bool creates_ = false;
};

}  // namespace mt
