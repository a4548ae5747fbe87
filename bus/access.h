// Who may call one method: the access option of its .proto, compiled.
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "bus/caller.h"
#include "bus/method.h"
#include "events/base/result.h"

namespace mt {

class Access {
 public:
  // FAILED_PRECONDITION when the option is absent or names what the request lacks.
  static Result<Access> compile(const google::protobuf::MethodDescriptor& method);

  // Strangers included.
  bool is_for_anyone() const { return who_ == api::v1::Access::kAnyone; }
  // What can be told before the request is read: UNAUTHENTICATED for who would have to sign in.
  Result<void> admit(const Caller& caller) const;
  // PERMISSION_DENIED saying which role in which scope is needed.
  Result<void> authorise(const Caller& caller, const Message& request) const;

 private:
  std::string name_;
  api::v1::Access::WhoCase who_ = api::v1::Access::WHO_NOT_SET;
  Role at_least_ = Role::ROLE_UNSPECIFIED;
  const google::protobuf::FieldDescriptor* org_ = nullptr;
  const google::protobuf::FieldDescriptor* project_ = nullptr;
};

// The singular string field of a method's request that an option names. FAILED_PRECONDITION naming
// method, option and field when there is none.
Result<const google::protobuf::FieldDescriptor*> request_field(
    const google::protobuf::MethodDescriptor& method, const char* option, const std::string& field);

}  // namespace mt
