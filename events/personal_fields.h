// PersonalFields: which fields of a message are personal, whose they are, and how they are taken
// out of it. Pure.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <utility>
#include <vector>

#include "events/base/ids.h"
#include "events/base/result.h"

namespace mt {

class PersonalFields {
 public:
  // FAILED_PRECONDITION naming the field when it cannot be taken out: it is within one that is
  // repeated, or within a message that holds itself. The same when nobody is named whose they are.
  static Result<PersonalFields> of(const google::protobuf::Descriptor& type);

  bool empty() const { return all_.empty(); }
  const google::protobuf::Descriptor* type() const { return type_; }

  // The subject of a message of `stream`; empty when the field that says so is.
  std::string subject_of(const google::protobuf::Message& message, const StreamId& stream) const;

  // Takes them out of the message and gives them serialized, to be joined to it again: appended to
  // the message's own bytes they parse as the message that it was. Empty when none is set.
  std::string take_from(google::protobuf::Message& message) const;

 private:
  struct Within;
  // Those of one message, and of the messages in it.
  struct Set {
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    std::vector<Within> within;

    bool empty() const { return fields.empty() && within.empty(); }
  };
  struct Within {
    const google::protobuf::FieldDescriptor* field;
    Set set;
  };
  using Types = std::vector<const google::protobuf::Descriptor*>;

  static Result<Set> find_in(const google::protobuf::Descriptor& type, Types& above);
  static bool move(const Set& set, google::protobuf::Message& from, google::protobuf::Message& to);
  Result<void> find_subject(const google::protobuf::Descriptor& type);

  const google::protobuf::Descriptor* type_ = nullptr;
  Set all_;
  const google::protobuf::FieldDescriptor* subject_field_ = nullptr;
  std::string subject_category_;
};

}  // namespace mt
