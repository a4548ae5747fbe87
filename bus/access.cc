#include "bus/access.h"

#include "bus/field_value.h"
#include "bus/text_format.h"

namespace mt {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

Error wrong_option(const MethodDescriptor& method, const std::string& why) {
  return failed_precondition("method " + method.full_name() + ": " + why);
}

std::string role_name(Role role) {
  std::string name = api::v1::Role_Name(role).substr(sizeof "ROLE_" - 1);
  for (char& c : name) c = static_cast<char>(std::tolower(c));
  return name;
}

std::string value_of(const FieldDescriptor* field, const Message& request) {
  std::string scratch;
  return field == nullptr ? std::string() : FieldValue{request, field}.text(&scratch);
}

std::string scope_name(std::string_view org_id, std::string_view project_id) {
  if (org_id.empty() && project_id.empty()) return "everywhere";
  std::string text = project_id.empty() ? "" : "in project '" + shortened(project_id, 64) + "'";
  if (org_id.empty()) return text;
  return text + (text.empty() ? "in" : " of") + " organisation '" + shortened(org_id, 64) + "'";
}

}  // namespace

Result<const FieldDescriptor*> request_field(const MethodDescriptor& method, const char* option,
                                             const std::string& field) {
  const FieldDescriptor* found = method.input_type()->FindFieldByName(field);
  if (found == nullptr || found->is_repeated() || found->type() != FieldDescriptor::TYPE_STRING)
    return wrong_option(method, std::string(option) + " names '" + field + "', but " +
                                    method.input_type()->full_name() +
                                    " has no single string field of that name");
  return found;
}

Result<Access> Access::compile(const MethodDescriptor& method) {
  const auto& rule = method.options().GetExtension(api::v1::method).access();
  Access access;
  access.name_ = method.service()->full_name() + "/" + method.name();
  access.who_ = rule.who_case();
  switch (rule.who_case()) {
    case api::v1::Access::kAnyone:
      if (!rule.anyone()) return wrong_option(method, "access option 'anyone' must be true");
      return access;
    case api::v1::Access::kSignedIn:
      if (!rule.signed_in()) return wrong_option(method, "access option 'signed_in' must be true");
      return access;
    case api::v1::Access::WHO_NOT_SET:
      return wrong_option(method,
                          "no access option; set anyone, signed_in or role in "
                          "option (mt.api.v1.method)");
    case api::v1::Access::kRole:
      break;
  }
  access.at_least_ = rule.role().at_least();
  if (!api::v1::Role_IsValid(access.at_least_) || access.at_least_ == Role::ROLE_UNSPECIFIED)
    return wrong_option(method, "access option 'role' lacks at_least");
  if (const std::string& field = rule.role().org_field(); !field.empty()) {
    MT_TRY(access.org_, request_field(method, "access option org_field", field));
  }
  if (const std::string& field = rule.role().project_field(); !field.empty()) {
    MT_TRY(access.project_, request_field(method, "access option project_field", field));
  }
  return access;
}

Result<void> Access::admit(const Caller& caller) const {
  if (is_for_anyone() || caller.kind != Caller::Kind::kAnonymous) return {};
  return unauthenticated(name_ +
                         " needs a signed-in caller: send the metadata 'authorization: Bearer "
                         "<token>' with a token from Login");
}

Result<void> Access::authorise(const Caller& caller, const Message& request) const {
  if (who_ != api::v1::Access::kRole || caller.is_unlimited()) return {};
  const std::string org_id = value_of(org_, request);
  // A request that leaves the organisation open asks for all of them, whatever project it names.
  const bool everywhere = org_ != nullptr && org_id.empty();
  const std::string project_id = everywhere ? std::string() : value_of(project_, request);
  if (caller.has_role(at_least_, org_id, project_id)) return {};
  return permission_denied(name_ + " needs the role " + role_name(at_least_) + " " +
                           scope_name(org_id, project_id));
}

}  // namespace mt
