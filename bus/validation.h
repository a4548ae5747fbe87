// Field rules from the .proto, compiled once per message type and checked on every request. Pure.
#pragma once

#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <vector>

#include "events/base/result.h"

namespace mt {

class Validator {
 public:
  // Compiles the rules of a message type and of all messages inside it. INTERNAL when a rule cannot
  // be (a pattern that does not compile, a rule of strings on a number), naming the field.
  static Result<Validator> compile(const google::protobuf::Descriptor& type);

  // INVALID_ARGUMENT with one violation per broken field, all of them, paths as a client writes
  // them
  // ("notice.title", "names[de]", "roles[2].org_id").
  Result<void> validate(const google::protobuf::Message& message) const;

  // The message without its secret fields: what is digested and may be logged.
  void clear_secrets(google::protobuf::Message& message) const;
  bool has_secrets() const;

 private:
  struct Rules;
  std::shared_ptr<const Rules> rules_;
};

// Why bytes are not a message of this type, naming the field where it can be told: truncated or
// malformed wire format, invalid UTF-8 in a string field.
Error explain_parse_failure(const google::protobuf::Descriptor& type, std::string_view bytes);

}  // namespace mt
