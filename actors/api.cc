#include "actors/api.h"

#include <algorithm>

#include "actors/entity_hosts.h"
#include "actors/entity_method.h"

namespace mt {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

Error wrong_binding(const MethodDescriptor& method, const std::string& why) {
  return failed_precondition("method " + Method{&method, {}, {}, {}, {}}.name() + ": " + why);
}

}  // namespace

Api::Api(const google::protobuf::ServiceDescriptor& service, const Deps& deps,
         const std::vector<const EntityType*>& entities, Deliver deliver)
    : service_(service), deps_(deps), entities_(entities), deliver_(std::move(deliver)) {}

Result<Reply> Api::of_type(const Descriptor& response, Result<Reply> reply) {
  if (!reply || reply->message == nullptr) return reply;
  const Descriptor* given = reply->message->GetDescriptor();
  if (given == &response) return reply;
  return internal("the handler answered with a " + given->full_name() + " instead of a " +
                  response.full_name());
}

Result<void> Api::bind_entity(const EntityType& type) {
  if (std::ranges::find(entities_, &type) == entities_.end()) {
    return failed_precondition("service " + service_.full_name() + ": entity '" + type.category +
                               "' is not one of the module; add module.entity<…>() for it");
  }
  bool bound = false;
  for (int i = 0; i < service_.method_count(); ++i) {
    const MethodDescriptor& method = *service_.method(i);
    const FieldDescriptor* command_case = command_case_of(type, *method.input_type());
    if (command_case == nullptr) continue;
    MT_CHECK_OK(bind_command(method, *command_case, type));
    bound = true;
  }
  if (bound) return {};
  return failed_precondition("service " + service_.full_name() + ": no method takes a case of " +
                             type.command->full_name() + ", the commands of entity '" +
                             type.category + "'");
}

Result<void> Api::bind_command(const MethodDescriptor& method, const FieldDescriptor& command_case,
                               const EntityType& type) {
  MT_TRY(const EntityMethod made, EntityMethod::of(method, command_case, type));
  auto handler = [made, module = deps_.module, deliver = deliver_, answer = method.output_type()](
                     std::shared_ptr<const CallContext> call,
                     std::shared_ptr<const Message> request, Respond respond) {
    auto id = made.entity_id(*request, call->command.id);
    if (!id) return respond(std::move(id).error());
    EntityCommand command;
    command.module = module;
    command.type = &made.type();
    command.id = *std::move(id);
    command.must_exist = !made.creates();
    command.command = made.wrap(*request);
    command.call = std::move(call);
    command.respond = [answer, respond = std::move(respond)](Result<Reply> reply) {
      respond(of_type(*answer, std::move(reply)));
    };
    deliver(std::move(command));
  };
  return deps_.dispatcher.add(
      {&method, deps_.module, Threading::kInline, std::move(handler), nullptr});
}

Result<void> Api::bind_unary(const std::string& name, const Descriptor& request,
                             const Descriptor& response, Threading threading,
                             UnaryHandler handler) {
  MT_TRY(const MethodDescriptor* method, method_of(name, request, response));
  const Kind kind = method->options().GetExtension(api::v1::method).kind();
  if (threading == Threading::kInline && kind == Kind::KIND_COMMAND) {
    return wrong_binding(*method, "a command is bound by api.entity or api.task, not api.query");
  }
  return deps_.dispatcher.add({method, deps_.module, threading, std::move(handler), nullptr});
}

Result<void> Api::bind_stream(const std::string& name, const Descriptor& request,
                              const Descriptor& response, StreamHandler handler) {
  MT_TRY(const MethodDescriptor* method, method_of(name, request, response));
  return deps_.dispatcher.add(
      {method, deps_.module, Threading::kWorker, nullptr, std::move(handler)});
}

Result<const MethodDescriptor*> Api::method_of(const std::string& name, const Descriptor& request,
                                               const Descriptor& response) const {
  const MethodDescriptor* method = service_.FindMethodByName(name);
  if (method == nullptr) {
    return failed_precondition("service " + service_.full_name() + " has no method '" + name +
                               "'; its .proto names those it has");
  }
  if (method->input_type() != &request) {
    return wrong_binding(*method, "takes a " + method->input_type()->full_name() +
                                      ", its handler a " + request.full_name());
  }
  if (method->output_type() != &response) {
    return wrong_binding(*method, "answers with a " + method->output_type()->full_name() +
                                      ", its handler with a " + response.full_name());
  }
  return method;
}

}  // namespace mt
